"""Files of laboratory results: judged line by line before anything is written, then taken over as they were shown."""

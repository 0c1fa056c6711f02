"""A new e-mail address or telephone number, which counts once a code sent there was typed."""

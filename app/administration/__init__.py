"""Pages by which centres and the network look after accounts, places and the trail. Read across; own nothing."""

"""`make chaos`: the service and its commands killed at random moments, and its disk taken away under it."""

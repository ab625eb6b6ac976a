"""What a reader sees of a question and a clause. Its training (`evals.training.reader_training`) stands on these two files; nothing is served with
them yet, and they lie here because serving has to cut and join text exactly as training did."""

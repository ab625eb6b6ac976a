"""The reader: which clauses answer a question, the words that do, and how sure that is. Its training
(`evals.training.reader_training`) cuts and joins text by the same two files (`windows`, `input`) as serving."""

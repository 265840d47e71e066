package engine

// SetWorkers makes plans compiled from now on use so many workers, until undo.
func SetWorkers(n int) (undo func()) {
	was := workers
	workers = n
	return func() { workers = was }
}

func init() { CheckPrograms = true }

// Unchecked makes Compile do what it does outside of tests, until undo.
func Unchecked() (undo func()) {
	CheckPrograms = false
	return func() { CheckPrograms = true }
}

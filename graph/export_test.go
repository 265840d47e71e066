package graph

// Slow makes programs built from now on run by the reference, until undo.
func Slow() (undo func()) {
	useReference = true
	return func() { useReference = false }
}

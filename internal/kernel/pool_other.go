//go:build !amd64 || purego

package kernel

// pause passes a little time.
//
//go:noinline
func pause() {
	for range 30 {
	}
}

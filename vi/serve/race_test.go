//go:build race

package serve_test

// pooled is whether sync.Pool keeps what is put into it, which it does at random under
// the race detector.
const pooled = false

//go:build !race

package serve_test

const pooled = true

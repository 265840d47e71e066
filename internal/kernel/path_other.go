//go:build !amd64 || purego

package kernel

func best() Path { return Portable }

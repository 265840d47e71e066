//go:build !linux

package kernel

import "unsafe"

// Huge does nothing on this system.
func Huge(unsafe.Pointer, int, bool) {}

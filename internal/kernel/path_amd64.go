//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

func best() Path {
	switch x := cpu.X86; {
	case x.HasAVX512F && x.HasAVX512VL && x.HasAVX512BW && x.HasAVX512DQ && x.HasAVX2 && x.HasFMA && x.HasF16C && x.HasBMI2:
		return AVX512
	case x.HasAVX2 && x.HasFMA && x.HasF16C:
		return AVX2
	}
	return Portable
}

// The assembly compares active with this number.
var _ = [1]bool{AVX512 - 2: true}

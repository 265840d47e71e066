package kernel

import (
	"os"
	"testing"
)

func TestAllowedPath(t *testing.T) {
	for best := Portable; best <= AVX512; best++ {
		for name, want := range map[string]Path{"": best, "portable": Portable, "avx2": min(AVX2, best), "avx512": best} {
			if got := allowed(best, name); got != want {
				t.Errorf("LATENT_CPU=%s on a machine with %v: %v, want %v", name, best, got, want)
			}
		}
	}
	mustPanic(t, `kernel: LATENT_CPU is "AVX", want avx512, avx2 or portable`, func() { allowed(AVX2, "AVX") })
	if got, want := Active(), allowed(best(), os.Getenv("LATENT_CPU")); got != want {
		t.Errorf("this process runs on %v, want %v", got, want)
	}
}

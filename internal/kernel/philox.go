package kernel

import "math/bits"

// The constants of Philox 4×32 (Salmon, Moraes, Dror and Shaw, "Parallel
// random numbers: as easy as 1, 2, 3", SC 2011, table 2).
const (
	philoxM0     = 0xD2511F53
	philoxM1     = 0xCD9E8D57
	philoxW0     = 0x9E3779B9
	philoxW1     = 0xBB67AE85
	philoxRounds = 10
)

// Philox is the block function Philox 4×32-10: it turns a 128-bit counter and
// a 64-bit key (the low word first) into four random words. It is a bijection
// of the counter for every key, and passes the Random123 known-answer tests.
func Philox(key uint64, c [4]uint32) [4]uint32 {
	c0, c1, c2, c3 := c[0], c[1], c[2], c[3]
	k0, k1 := uint32(key), uint32(key>>32)
	for range philoxRounds {
		p0, p1 := uint64(c0)*philoxM0, uint64(c2)*philoxM1
		c0, c1, c2, c3 = uint32(p1>>32)^c1^k0, uint32(p1), uint32(p0>>32)^c3^k1, uint32(p0)
		k0 += philoxW0
		k1 += philoxW1
	}
	return [4]uint32{c0, c1, c2, c3}
}

// SiteKey is the Philox key of a named source of noise: a 64-bit hash of the
// seed, the stream (training and evaluation use different ones) and the name.
// The result is part of the contract of a seed and never changes.
//
// With mix the finaliser of SplitMix64 (Stafford's variant 13, a bijection) and
// g = 0x9E3779B97F4A7C15, the hash is
//
//	h = mix(seed + g)
//	h = mix(h ^ (stream + 1)·g)
//	h = mix(h ^ w) + g      for each w: eight bytes of the name, the first one lowest,
//	                        the last group padded with zeros
//	h = mix(h ^ length of the name)
//
// For one seed and stream, names of equal length up to eight bytes cannot
// collide; any other two collide with probability about 2^-64.
func SiteKey(seed uint64, stream uint32, name string) uint64 {
	const g = 0x9E3779B97F4A7C15
	h := mix64(seed + g)
	h = mix64(h ^ (uint64(stream)+1)*g)
	var w uint64
	for i := range len(name) {
		w |= uint64(name[i]) << (8 * (i % 8))
		if i%8 == 7 || i == len(name)-1 {
			h = mix64(h^w) + g
			w = 0
		}
	}
	return mix64(h ^ uint64(len(name)))
}

func mix64(x uint64) uint64 {
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}

// Noise is one draw of a named source: the key of its site and the step. With
// it every number is addressed by a structured counter (sample, row, element),
// so that it is the same whatever the batch size, the number of samples or the
// way work is split; there is no state.
//
// The words of block b of a row are Philox(Key, [b, row, sample, Step]). In
// float32 an element owns one word, in float64 two, so element e lives in block
// e/4 or e/2. Uniform, Normal and Bernoulli read the same words: give sources
// that must be independent different names.
type Noise struct {
	Key  uint64
	Step uint32
}

// substreamKey separates sub-streams from fills under the same key.
const substreamKey = 0x6C6174656E743A73

// Substream is an unbounded sequence of random numbers that belongs to one
// element, for samplers that reject. It is a value; copying it replays it. The
// arithmetic is portable float64 on every path.
type Substream struct {
	key    uint64
	hi     [2]uint32 // the half of the counter that names the stream
	next   uint64    // index of the next block
	block  [4]uint32
	unread int // words left in block
	spare  float64
	paired bool // spare holds the second normal of a pair
}

// Substream returns the sequence of one element of one row of one sample. Its
// key and half of its counter are the Philox image of the address under a key
// of its own, so two sub-streams coincide with probability about 2^-128.
func (n Noise) Substream(sample, row, element uint32) Substream {
	w := Philox(n.Key^substreamKey, [4]uint32{element, row, sample, n.Step})
	return Substream{key: uint64(w[1])<<32 | uint64(w[0]), hi: [2]uint32{w[2], w[3]}}
}

// Uint64 returns 64 uniform bits.
func (s *Substream) Uint64() uint64 {
	if s.unread == 0 {
		s.block = Philox(s.key, [4]uint32{uint32(s.next), uint32(s.next >> 32), s.hi[0], s.hi[1]})
		s.next++
		s.unread = 4
	}
	i := 4 - s.unread
	s.unread -= 2
	return uint64(s.block[i])<<32 | uint64(s.block[i+1])
}

// Uniform returns a number in the open interval (0, 1).
func (s *Substream) Uniform() float64 { return uniform64(s.Uint64()) }

// Normal returns a standard normal number.
func (s *Substream) Normal() float64 {
	if s.paired {
		s.paired = false
		return s.spare
	}
	a := s.Uint64()
	var z float64
	z, s.spare = boxMuller64(a, s.Uint64())
	s.paired = true
	return z
}

// Intn returns a uniform integer in [0, n). It panics if n is not positive.
func (s *Substream) Intn(n int) int {
	if n <= 0 {
		panic("kernel: Intn of a number that is not positive")
	}
	// Lemire, "Fast random integer generation in an interval", 2019.
	hi, lo := bits.Mul64(s.Uint64(), uint64(n))
	if lo < uint64(n) {
		for limit := -uint64(n) % uint64(n); lo < limit; {
			hi, lo = bits.Mul64(s.Uint64(), uint64(n))
		}
	}
	return int(hi)
}

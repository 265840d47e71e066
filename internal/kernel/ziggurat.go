package kernel

import "math"

// The ziggurat of the standard normal density: 128 layers of equal area, layer
// i reaching to zigX[i] (Marsaglia and Tsang, The ziggurat method for generating
// random variables, 2000; in the form of Doornik, An improved ziggurat method
// to generate normal random samples, 2005).
const (
	zigLayers = 128
	zigTail   = 3.442619855899
	zigArea   = 9.91256303526217e-3
)

var zigX, zigRatio = func() (x [zigLayers + 1]float64, ratio [zigLayers]float64) {
	f := math.Exp(-.5 * zigTail * zigTail)
	x[0], x[1] = zigArea/f, zigTail
	for i := 2; i < zigLayers; i++ {
		x[i] = math.Sqrt(-2 * math.Log(zigArea/x[i-1]+f))
		f = math.Exp(-.5 * x[i] * x[i])
	}
	for i := range ratio {
		ratio[i] = x[i+1] / x[i]
	}
	return x, ratio
}()

// FastNormal returns a standard normal number. Unlike Normal it reads 64 bits
// for most numbers and rarely takes a logarithm; the two draw different numbers.
func (s *Substream) FastNormal() float64 {
	for {
		w := s.Uint64()
		i := w % zigLayers
		u := float64(int64(w)>>10|1) * 0x1p-53 // odd multiples in (−1, 1), of bits that i does not use
		x := u * zigX[i]
		if math.Abs(u) < zigRatio[i] {
			return x
		}
		if i == 0 {
			return math.Copysign(s.normalTail(), u)
		}
		f0 := math.Exp(-.5 * (zigX[i]*zigX[i] - x*x))
		f1 := math.Exp(-.5 * (zigX[i+1]*zigX[i+1] - x*x))
		if f1+s.Uniform()*(f0-f1) < 1 {
			return x
		}
	}
}

// normalTail returns a normal number beyond zigTail (Marsaglia, 1964).
func (s *Substream) normalTail() float64 {
	for {
		x := -math.Log(s.Uniform()) / zigTail
		if -2*math.Log(s.Uniform()) >= x*x {
			return zigTail + x
		}
	}
}

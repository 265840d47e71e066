package probtest

import (
	"math"

	"github.com/pkg/errors"
)

func checkNormalised(s *subject) error {
	return s.each(func(i int, params []float64) error {
		l, err := s.law(i)
		if err != nil {
			return err
		}
		one, tol := l.mean(func([]float64, float64) float64 { return 1 })
		if !l.random {
			tol = 1e-6
		}
		if !(math.Abs(one-1) <= tol) {
			return errors.Errorf("the total probability is %v, off by %v; the integral is good to %.1g", one, one-1, tol)
		}
		if tol > 0.1 {
			return errors.Errorf("the total probability %v is uncertain by %v: choose a narrower setting", one, tol)
		}
		return nil
	})
}

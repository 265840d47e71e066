package store

import (
	"bytes"
	"math"
	"strconv"

	"github.com/pkg/errors"
)

// Number is a float64 that JSON can hold if it is not finite too, as a string.
type Number float64

// MarshalJSON implements json.Marshaler.
func (n Number) MarshalJSON() ([]byte, error) {
	if v := float64(n); math.IsNaN(v) || math.IsInf(v, 0) {
		return []byte(strconv.Quote(strconv.FormatFloat(v, 'g', -1, 64))), nil
	}
	return []byte(strconv.FormatFloat(float64(n), 'g', -1, 64)), nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (n *Number) UnmarshalJSON(b []byte) error {
	if n == nil {
		return errors.New("store: the Number is nil")
	}
	v, err := strconv.ParseFloat(string(bytes.Trim(b, `"`)), 64)
	*n = Number(v)
	return errors.Wrap(err, "store")
}

// Numbers are metrics for JSON.
func Numbers(m map[string]float64) map[string]Number {
	if m == nil {
		return nil
	}
	n := map[string]Number{}
	for name, v := range m {
		n[name] = Number(v)
	}
	return n
}

// Floats are Numbers as they were.
func Floats(n map[string]Number) map[string]float64 {
	if n == nil {
		return nil
	}
	m := map[string]float64{}
	for name, v := range n {
		m[name] = float64(v)
	}
	return m
}

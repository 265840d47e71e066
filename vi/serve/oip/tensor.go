package oip

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"github.com/pkg/errors"
)

// The datatypes that tensors may have.
const (
	fp32    = "FP32"
	fp64    = "FP64"
	int64s  = "INT64"
	boolean = "BOOL"
)

// widths are the bytes of a number.
var widths = map[string]int{fp32: 4, fp64: 8, int64s: 8, boolean: 1}

// size checks the shape of an input, whose rows have a shape, or are flat, and
// returns how many numbers it has.
func (t *input) size(row []int) (int, error) {
	flat := 1
	for _, d := range row {
		flat *= d
	}
	if len(t.Shape) == 0 || t.Shape[0] < 0 || !slices.Equal(t.Shape[1:], row) && !slices.Equal(t.Shape[1:], []int{flat}) {
		return 0, errors.Errorf("shape %v, want rows of %v, or of [%d]", t.Shape, row, flat)
	}
	if t.Shape[0] > math.MaxInt32/flat {
		return 0, errors.Errorf("shape %v is too large", t.Shape)
	}
	if widths[t.Datatype] == 0 {
		return 0, errors.Errorf("datatype %.50q, want FP32, FP64, INT64 or BOOL", t.Datatype)
	}
	return t.Shape[0] * flat, nil
}

// values appends the n numbers of an input to v: from its data, or from the front
// of what follows the JSON. It returns the rest of that.
func (t *input) values(v []float64, n int, rest []byte) ([]float64, []byte, error) {
	size, isBinary := t.Parameters["binary_data_size"]
	switch {
	case isBinary && t.Data != nil:
		return nil, rest, errors.New("data both in JSON and binary")
	case isBinary:
		want := n * widths[t.Datatype]
		if size != float64(want) || len(rest) < want {
			return nil, rest, errors.Errorf("binary_data_size %v with %d bytes left, want %d for shape %v of %s", size, len(rest), want, t.Shape, t.Datatype)
		}
		v, err := appendDecoded(v, rest[:want], t.Datatype)
		return v, rest[want:], err
	}
	v, err := appendParsed(v, t.Data, n, t.Datatype)
	if err == nil && len(v) != n {
		err = errors.Errorf("%d numbers, want %d for shape %v", len(v), n, t.Shape)
	}
	return v, rest, err
}

// appendDecoded appends little-endian numbers.
func appendDecoded(v []float64, b []byte, datatype string) ([]float64, error) {
	width := widths[datatype]
	v = slices.Grow(v, len(b)/width)
	for i := 0; len(b) > 0; i++ {
		switch datatype {
		case fp32:
			v = append(v, float64(math.Float32frombits(binary.LittleEndian.Uint32(b))))
		case fp64:
			v = append(v, math.Float64frombits(binary.LittleEndian.Uint64(b)))
		case int64s:
			n := int64(binary.LittleEndian.Uint64(b))
			if int64(float64(n)) != n || n == math.MaxInt64 {
				return nil, errors.Errorf("element %d is %d, which a float64 does not hold", i, n)
			}
			v = append(v, float64(n))
		default:
			if b[0] > 1 {
				return nil, errors.Errorf("element %d is %d, want 0 or 1", i, b[0])
			}
			v = append(v, float64(b[0]))
		}
		b = b[width:]
	}
	return v, nil
}

// appendParsed appends at most most+1 numbers of JSON that is known to be sound:
// an array of numbers, however nested.
func appendParsed(v []float64, data json.RawMessage, most int, datatype string) ([]float64, error) {
	if len(data) == 0 || data[0] != '[' {
		return nil, errors.New("no data, want an array of numbers")
	}
	for i := 0; i < len(data) && len(v) <= most; {
		switch c := data[i]; c {
		case '[', ']', ',', ' ', '\t', '\n', '\r':
			i++
			continue
		case '"', '{':
			return nil, errors.Errorf("data has %q for element %d, want a number", c, len(v))
		}
		end := i
		for end < len(data) && !delimits(data[end]) {
			end++
		}
		word := unsafe.String(&data[i], end-i) // not kept: thousands of copies are most of a request's time
		i = end
		switch word {
		case "null":
			v = append(v, math.NaN())
			continue
		case "true", "false":
			if datatype != boolean {
				return nil, errors.Errorf("data has %s for element %d of %s", word, len(v), datatype)
			}
			v = append(v, 0)
			if word == "true" {
				v[len(v)-1] = 1
			}
			continue
		}
		f, err := strconv.ParseFloat(word, 64)
		if err != nil {
			return nil, errors.Errorf("data has %.30s for element %d, which is no float64", word, len(v))
		}
		switch {
		case datatype == int64s && f != math.Floor(f):
			return nil, errors.Errorf("data has %.30s for element %d of INT64", word, len(v))
		case datatype == boolean && f != 0 && f != 1:
			return nil, errors.Errorf("data has %.30s for element %d of BOOL", word, len(v))
		}
		v = append(v, f)
	}
	return v, nil
}

func delimits(c byte) bool {
	switch c {
	case '[', ']', ',', ' ', '\t', '\n', '\r':
		return true
	}
	return false
}

// appendNumbers writes numbers as JSON, with the digits that so many bits have.
func appendNumbers(b []byte, v []float64, bits int) []byte {
	for i, f := range v {
		if i > 0 {
			b = append(b, ',')
		}
		if f-f != 0 { // NaN or infinite
			b = append(b, "null"...)
			continue
		}
		b = strconv.AppendFloat(b, f, 'g', -1, bits)
	}
	return b
}

// appendBinary writes little-endian numbers.
func appendBinary(b []byte, v []float64, datatype string) []byte {
	for _, f := range v {
		if datatype == fp64 {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(f))
		} else {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(f)))
		}
	}
	return b
}

// appendString writes a string as JSON.
func appendString(b []byte, s string) []byte {
	plain := func(c rune) bool { return ' ' <= c && c <= '~' && !strings.ContainsRune(`"\\<>&`, c) }
	if !strings.ContainsFunc(s, func(c rune) bool { return !plain(c) }) {
		return append(append(append(b, '"'), s...), '"')
	}
	q, err := json.Marshal(s)
	if err != nil {
		return append(b, `""`...)
	}
	return append(b, q...)
}

package safetensors

import (
	stdbytes "bytes"
	"encoding/json"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/pkg/errors"
)

// entry is a tensor's line in the header.
type entry struct {
	name string
	info
}

// header walks the tokens of a JSON header. encoding/json alone would let
// duplicate keys, keys in other cases and fractional sizes pass.
type header struct{ *json.Decoder }

func decodeHeader(b []byte) (entries []entry, metadata map[string]string, err error) {
	if !utf8.Valid(b) {
		return nil, nil, errors.Errorf("header is not UTF-8")
	}
	if len(b) == 0 || b[0] != '{' {
		return nil, nil, errors.Errorf("header does not start with {")
	}
	h := header{json.NewDecoder(stdbytes.NewReader(b))}
	h.UseNumber()
	err = h.object(func(key string) error {
		if key == metadataKey {
			metadata = map[string]string{}
			return errors.WithMessage(h.object(func(k string) error {
				v, err := h.text()
				metadata[k] = v
				return errors.WithMessagef(err, "key %q", k)
			}), metadataKey)
		}
		i, err := h.info()
		entries = append(entries, entry{key, i})
		return errors.WithMessagef(err, "tensor %q", key)
	})
	if err != nil {
		return nil, nil, errors.WithMessage(err, "header")
	}
	if _, err := h.Token(); err != io.EOF {
		return nil, nil, errors.Errorf("header goes on after its object")
	}
	return entries, metadata, nil
}

func (h header) info() (info, error) {
	var i info
	has := 0
	err := h.object(func(key string) (err error) {
		has++
		switch key {
		case "dtype":
			i.Dtype, err = h.text()
		case "shape":
			i.Shape, err = h.sizes()
		case "data_offsets":
			var o []int
			if o, err = h.sizes(); err == nil && len(o) != 2 {
				return errors.Errorf("%d data_offsets, want 2", len(o))
			}
			copy(i.Offsets[:], o)
		default:
			return errors.Errorf("unknown key %q", key)
		}
		return errors.WithMessage(err, key)
	})
	if err == nil && has != 3 {
		err = errors.Errorf("want dtype, shape and data_offsets")
	}
	return i, err
}

// object calls value for each key of an object; value must consume its value.
func (h header) object(value func(key string) error) error {
	if err := h.delim('{'); err != nil {
		return err
	}
	seen := map[string]bool{}
	for h.More() {
		key, err := h.text()
		if err != nil {
			return err
		}
		if seen[key] {
			return errors.Errorf("%q appears twice", key)
		}
		seen[key] = true
		if err := value(key); err != nil {
			return err
		}
	}
	return h.delim('}')
}

// sizes reads an array of integers, none of them negative.
func (h header) sizes() ([]int, error) {
	if err := h.delim('['); err != nil {
		return nil, err
	}
	s := []int{}
	for h.More() {
		t, err := h.Token()
		if err != nil {
			return nil, errors.Wrap(err, "JSON")
		}
		n, ok := t.(json.Number)
		if !ok {
			return nil, errors.Errorf("%v, want an integer", t)
		}
		v, err := strconv.ParseUint(n.String(), 10, strconv.IntSize-1)
		if err != nil {
			return nil, errors.Errorf("%s is negative, too large or not an integer", n)
		}
		s = append(s, int(v))
	}
	return s, h.delim(']')
}

func (h header) text() (string, error) {
	t, err := h.Token()
	if err != nil {
		return "", errors.Wrap(err, "JSON")
	}
	s, ok := t.(string)
	if !ok {
		return "", errors.Errorf("%v, want a string", t)
	}
	return s, nil
}

func (h header) delim(want json.Delim) error {
	t, err := h.Token()
	if err != nil {
		return errors.Wrap(err, "JSON")
	}
	if t != want {
		return errors.Errorf("%v, want %v", t, want)
	}
	return nil
}

package safetensors

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pkg/errors"
)

// entry is a tensor's line in the header.
type entry struct {
	name string
	info
}

// header reads the part of JSON that headers use: objects, strings, arrays of
// integers. encoding/json would let duplicate keys, keys in other cases and
// fractional sizes pass, and take a minute for a million tensors.
type header struct {
	text string // what is left
	at   int    // of text in the header
}

func decodeHeader(b []byte) (entries []entry, metadata map[string]string, err error) {
	if !utf8.Valid(b) {
		return nil, nil, errors.Errorf("header is not UTF-8")
	}
	if len(b) == 0 || b[0] != '{' {
		return nil, nil, errors.Errorf("header does not start with {")
	}
	h := &header{text: string(b)}
	err = h.object(func(key string) error {
		if key == metadataKey {
			metadata = map[string]string{}
			return errors.WithMessage(h.object(func(k string) error {
				v, err := h.string()
				metadata[k] = v
				return errors.WithMessagef(err, "key %q", brief(k))
			}), metadataKey)
		}
		i, err := h.info()
		entries = append(entries, entry{key, i})
		if err != nil {
			return errors.WithMessagef(err, "tensor %q", brief(key))
		}
		return nil
	})
	if err != nil {
		return nil, nil, errors.WithMessage(err, "header")
	}
	if h.space(); h.text != "" {
		return nil, nil, errors.Errorf("header goes on after its object")
	}
	return entries, metadata, nil
}

func (h *header) info() (info, error) {
	var i info
	has := 0
	err := h.object(func(key string) (err error) {
		has++
		switch key {
		case "dtype":
			i.Dtype, err = h.string()
		case "shape":
			i.Shape, err = h.sizes()
		case "data_offsets":
			var o []int
			if o, err = h.sizes(); err == nil && len(o) != 2 {
				return errors.Errorf("%d data_offsets, want 2", len(o))
			}
			copy(i.Offsets[:], o)
		default:
			return errors.Errorf("unknown key %q", brief(key))
		}
		return errors.WithMessage(err, key)
	})
	if err == nil && has != 3 {
		err = errors.Errorf("want dtype, shape and data_offsets")
	}
	return i, err
}

// object calls value for each key of an object; value must consume its value.
func (h *header) object(value func(key string) error) error {
	if err := h.expect('{'); err != nil {
		return err
	}
	var few []string // a tensor has three keys, the header as many as it has tensors
	var many map[string]bool
	return h.list('}', func() error {
		key, err := h.string()
		if err == nil {
			err = h.expect(':')
		}
		if err != nil {
			return err
		}
		if many[key] || many == nil && slices.Contains(few, key) {
			return errors.Errorf("%q appears twice", brief(key))
		}
		if few = append(few, key); len(few) == 8 {
			many = map[string]bool{}
			for _, k := range few {
				many[k] = true
			}
		} else if len(few) > 8 {
			few, many[key] = few[:9], true
		}
		return value(key)
	})
}

// list reads what commas part up to the end.
func (h *header) list(end byte, item func() error) error {
	if h.next(end) {
		return nil
	}
	for {
		if err := item(); err != nil {
			return err
		}
		if h.next(end) {
			return nil
		}
		if err := h.expect(','); err != nil {
			return err
		}
	}
}

// sizes reads an array of integers, none of them negative.
func (h *header) sizes() ([]int, error) {
	if err := h.expect('['); err != nil {
		return nil, err
	}
	s := []int{}
	err := h.list(']', func() error {
		h.space()
		n := strings.IndexFunc(h.text, func(r rune) bool { return !strings.ContainsRune("0123456789+-.eE", r) })
		if n <= 0 {
			return errors.Errorf("%s, want an integer", h.here())
		}
		v, err := strconv.ParseUint(h.text[:n], 10, strconv.IntSize-1)
		if err != nil || n > 1 && h.text[0] == '0' || h.text[0] == '+' {
			return errors.Errorf("%s is negative, too large or not an integer", brief(h.text[:n]))
		}
		h.skip(n)
		s = append(s, int(v))
		return nil
	})
	return s, err
}

// string reads a string.
func (h *header) string() (string, error) {
	h.space()
	if h.text == "" || h.text[0] != '"' {
		return "", errors.Errorf("%s, want a string", h.here())
	}
	for i := 1; i < len(h.text); i++ {
		switch c := h.text[i]; {
		case c == '"' && !strings.Contains(h.text[:i], `\`):
			s := h.text[1:i]
			h.skip(i + 1)
			return s, nil
		case c == '"':
			var s string
			err := json.Unmarshal([]byte(h.text[:i+1]), &s)
			h.skip(i + 1)
			return s, errors.Wrap(err, "JSON")
		case c < ' ':
			return "", errors.Errorf("JSON: control character in a string at byte %d", h.at+i)
		case c == '\\':
			i++
		}
	}
	return "", errors.Errorf("JSON: the string at byte %d does not end", h.at)
}

func (h *header) expect(c byte) error {
	if !h.next(c) {
		return errors.Errorf("%s, want %c", h.here(), c)
	}
	return nil
}

// next skips c if it is next.
func (h *header) next(c byte) bool {
	h.space()
	ok := h.text != "" && h.text[0] == c
	if ok {
		h.skip(1)
	}
	return ok
}

func (h *header) space() {
	if h.text != "" && h.text[0] > ' ' {
		return
	}
	h.skip(len(h.text) - len(strings.TrimLeft(h.text, " \t\r\n")))
}

func (h *header) skip(n int) { h.text, h.at = h.text[n:], h.at+n }

// here shows where reading stopped.
func (h *header) here() string {
	if h.text == "" {
		return "JSON: the header ends"
	}
	return "JSON: " + strconv.Quote(brief(h.text[:min(len(h.text), 20)])) + " at byte " + strconv.Itoa(h.at)
}

// brief returns the start of a text, and all of it if it is short, for errors.
func brief(s string) string {
	const most = 200
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

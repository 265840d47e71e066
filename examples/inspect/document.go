package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/pkg/errors"
)

// leaf is a number, text, true, false or null of a JSON document, as JSON, or what
// is left of a list: its length.
type leaf struct{ path, value string }

// Longer lists and texts are not shown in full.
const (
	mostItems = 8
	mostText  = 100
)

// document returns the leaves of a JSON document, in its order: all of them, or
// with long lists and texts shortened.
func document(b []byte, all bool) (leaves []leaf, err error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var walk func(path string, depth int) error
	walk = func(path string, depth int) error {
		t, err := d.Token()
		if err != nil {
			return errors.Wrap(err, "JSON")
		}
		if depth > 100 {
			return errors.New("JSON deeper than 100 levels")
		}
		switch t {
		case json.Delim('{'):
			for d.More() {
				key, err := d.Token()
				if err != nil {
					return errors.Wrap(err, "JSON")
				}
				below := fmt.Sprint(key)
				if path != "" {
					below = path + "." + below
				}
				if err := walk(below, depth+1); err != nil {
					return err
				}
			}
		case json.Delim('['):
			from, n := len(leaves), 0
			for ; d.More(); n++ {
				if err := walk(path+"["+strconv.Itoa(n)+"]", depth+1); err != nil {
					return err
				}
			}
			if n > mostItems && !all || n == 0 {
				leaves = append(leaves[:from], leaf{path, fmt.Sprintf("[%d items]", n)})
			}
		default:
			leaves = append(leaves, leaf{path, scalar(t, all)})
			return nil
		}
		_, err = d.Token()
		return errors.Wrap(err, "JSON")
	}
	if err := walk("", 0); err != nil {
		return nil, err
	}
	if d.More() {
		return nil, errors.New("JSON goes on after its value")
	}
	return leaves, nil
}

// scalar is a value as JSON.
func scalar(t json.Token, all bool) string {
	b, err := json.Marshal(t)
	if err != nil {
		return fmt.Sprint(t)
	}
	if s, ok := t.(string); ok && utf8.RuneCountInString(s) > mostText && !all {
		return fmt.Sprintf("%.*q… of %d bytes", mostText, s, len(s))
	}
	return string(b)
}

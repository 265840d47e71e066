package store

import (
	"regexp"
	"strings"

	"github.com/pkg/errors"
)

// Sums is the file of the hashes, which is written last.
const Sums = "SHA256SUMS"

// sum is the hash of a file.
type sum struct{ hash, name string }

var sumLine = regexp.MustCompile(`^([0-9a-f]{64})  (.+)$`)

func encodeSums(sums []sum) []byte {
	var b strings.Builder
	for _, s := range sums {
		b.WriteString(s.hash + "  " + s.name + "\n")
	}
	return []byte(b.String())
}

func decodeSums(b []byte) (sums []sum, err error) {
	text, ok := strings.CutSuffix(string(b), "\n")
	if !ok {
		return nil, errors.New("its last line does not end")
	}
	seen := map[string]bool{Sums: true}
	for _, line := range strings.Split(text, "\n") {
		m := sumLine.FindStringSubmatch(line)
		if m == nil || valid(m[2]) != nil || seen[m[2]] {
			return nil, errors.Errorf("the line %.200q, want a SHA-256, two spaces and the name of a file, each once", line)
		}
		seen[m[2]] = true
		sums = append(sums, sum{m[1], m[2]})
	}
	return sums, nil
}

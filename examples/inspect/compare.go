package main

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"

	"github.com/latentgo/latent/internal/safetensors"
)

// mostShown is the number of differences of a file that are shown.
const mostShown = 10

// compare tells where two differ, and whether they do. Files have one another by
// their names; two single ones that hold tensors, or JSON, are compared whatever
// they are called.
func compare(b *bytes.Buffer, only *regexp.Regexp, first, second []file) (differ bool) {
	beside := pair(first, second)
	for i, x := range first {
		if beside[i] < 0 {
			fmt.Fprintf(b, "%s is in the first alone\n", x.name)
			differ = true
			continue
		}
		y := second[beside[i]]
		var lines []string
		switch {
		case x.folder || y.folder:
			if x.folder != y.folder {
				lines = []string{"one is a folder"}
			}
		case x.tensors != nil && y.tensors != nil:
			lines = tensorsDiffer(only, *x.tensors, *y.tensors)
		case x.json != nil && y.json != nil && x.sha256 != y.sha256:
			if lines = leavesDiffer(x.json, y.json); lines == nil && x.about+y.about != "" {
				lines = []string{"the last lines do not, others do"}
			}
		case x.sha256 != y.sha256:
			lines = []string{fmt.Sprintf("the bytes differ, %d and %d of them", x.size, y.size)}
		}
		name := x.name
		if y.name != name {
			name += " and " + y.name
		}
		switch {
		case lines != nil:
			differ = true
			fmt.Fprintf(b, "%s differ:\n", name)
			for _, l := range lines {
				fmt.Fprintf(b, "  %s\n", l)
			}
		case x.folder:
			fmt.Fprintf(b, "%s: folders, which are not compared\n", name)
		case x.sha256 == y.sha256:
			fmt.Fprintf(b, "%s: the same bytes\n", name)
		default:
			fmt.Fprintf(b, "%s: the same values in other bytes\n", name)
		}
	}
	for i, y := range second {
		if !slices.Contains(beside, i) {
			fmt.Fprintf(b, "%s is in the second alone\n", y.name)
			differ = true
		}
	}
	return differ
}

// pair returns, for each of the first, the index of its counterpart; −1 if it has
// none.
func pair(first, second []file) []int {
	of := make([]int, len(first))
	for i, x := range first {
		of[i] = slices.IndexFunc(second, func(y file) bool { return x.name == y.name })
	}
	for _, kind := range []func(file) bool{func(x file) bool { return x.tensors != nil }, func(x file) bool { return x.json != nil }} {
		i, j := single(first, kind), single(second, kind)
		if i >= 0 && j >= 0 && of[i] < 0 && !slices.Contains(of, j) {
			of[i] = j
		}
	}
	return of
}

// single returns the index of the only file of a kind; −1 if there is none, or
// several.
func single(files []file, kind func(file) bool) int {
	i := slices.IndexFunc(files, kind)
	if i < 0 || slices.ContainsFunc(files[i+1:], kind) {
		return -1
	}
	return i
}

// tensorsDiffer says which tensors differ, by name, and where the difference is
// largest.
func tensorsDiffer(only *regexp.Regexp, a, b safetensors.File) (lines []string) {
	var largest, most float64
	where, n := "", 0
	add := func(format string, args ...any) {
		if n++; n <= mostShown {
			lines = append(lines, fmt.Sprintf(format, args...))
		}
	}
	of := map[string]safetensors.Tensor{}
	for _, t := range b.Tensors {
		of[t.Name] = t
	}
	for _, x := range a.Tensors {
		y, ok := of[x.Name]
		delete(of, x.Name)
		switch {
		case !only.MatchString(x.Name):
		case !ok:
			add("%s is in the first alone", x.Name)
		case x.Dtype != y.Dtype || !slices.Equal(x.Shape, y.Shape):
			add("%s is %s %v and %s %v", x.Name, x.Dtype, safetensors.Shape(x.Shape), y.Dtype, safetensors.Shape(y.Shape))
		default:
			u, v := doubles(x), doubles(y)
			first, at, count := -1, -1, 0
			most = -1
			for i := range u {
				if math.Float64bits(u[i]) == math.Float64bits(v[i]) {
					continue
				}
				if count++; first < 0 {
					first = i
				}
				d := math.Abs(u[i] - v[i])
				if math.IsNaN(d) {
					d = math.Inf(1) // a number beside NaN is as far as can be
				}
				if d > most {
					most, at = d, i
				}
			}
			if count == 0 {
				continue
			}
			both := func(i int) string {
				bits := 64
				if x.F64 == nil {
					bits = 32
				}
				return fmt.Sprintf("%s: %s and %s", place(i, x.Shape), strconv.FormatFloat(u[i], 'g', -1, bits), strconv.FormatFloat(v[i], 'g', -1, bits))
			}
			add("%s: %d of %d values, the first %s; by %.6g at most, %s", x.Name, count, len(u), both(first), most, both(at))
			if most > largest || where == "" {
				largest, where = most, x.Name+" "+both(at)
			}
		}
	}
	for _, t := range b.Tensors {
		if _, left := of[t.Name]; left && only.MatchString(t.Name) {
			add("%s is in the second alone", t.Name)
		}
	}
	if n > mostShown {
		lines = append(lines, fmt.Sprintf("… and %d tensors more", n-mostShown))
	}
	if where != "" {
		lines = append(lines, fmt.Sprintf("the largest difference is %.6g, in %s", largest, where))
	}
	if only.String() == "" && n == 0 && !maps.Equal(a.Metadata, b.Metadata) {
		lines = append(lines, fmt.Sprintf("the metadata is %v and %v", a.Metadata, b.Metadata))
	}
	return lines
}

// place is the index of the i-th value of a shape.
func place(i int, shape []int) string {
	at := make([]int, len(shape))
	for k := len(shape) - 1; k >= 0; k-- {
		at[k], i = i%shape[k], i/shape[k]
	}
	return fmt.Sprint(at)
}

// leavesDiffer says where two documents differ.
func leavesDiffer(first, second []byte) (lines []string) {
	a, _ := document(first, true) // which were read before
	b, _ := document(second, true)
	of := map[string]string{}
	for _, l := range b {
		of[l.path] = l.value
	}
	for _, l := range a {
		v, ok := of[l.path]
		delete(of, l.path)
		switch {
		case !ok:
			lines = append(lines, fmt.Sprintf("%s %s is in the first alone", l.path, l.value))
		case v != l.value:
			lines = append(lines, fmt.Sprintf("%s %s and %s", l.path, l.value, v))
		}
	}
	for _, l := range b {
		if _, left := of[l.path]; left {
			lines = append(lines, fmt.Sprintf("%s %s is in the second alone", l.path, l.value))
		}
	}
	if n := len(lines); n > mostShown {
		lines = append(lines[:mostShown], fmt.Sprintf("… and %d more", n-mostShown))
	}
	return lines
}

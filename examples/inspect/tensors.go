package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"text/tabwriter"

	"gonum.org/v1/gonum/floats"

	"github.com/latentgo/latent/internal/safetensors"
)

// summary is what the values of a tensor come to.
type summary struct {
	values, notFinite    int
	norm, least, largest float64 // of those that are finite; NaN if there are none
	hash                 string  // the beginning of the SHA-256 of the values, as F32 or F64
}

// doubles are the values of a tensor.
func doubles(t safetensors.Tensor) []float64 {
	if t.F64 != nil {
		return t.F64
	}
	x := make([]float64, len(t.F32))
	for i, v := range t.F32 {
		x[i] = float64(v)
	}
	return x
}

func summarise(t safetensors.Tensor) summary {
	x := doubles(t)
	finite := slices.DeleteFunc(slices.Clone(x), func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
	s := summary{values: len(x), notFinite: len(x) - len(finite), norm: floats.Norm(finite, 2), least: math.NaN(), largest: math.NaN()}
	if len(finite) > 0 {
		s.least, s.largest = slices.Min(finite), slices.Max(finite)
	}
	h := sha256.New()
	for _, values := range []any{t.F32, t.F64} {
		binary.Write(h, binary.LittleEndian, values)
	}
	s.hash = fmt.Sprintf("%.6x", h.Sum(nil))
	return s
}

// showTensors writes a line for each tensor, and one for all.
func showTensors(b *bytes.Buffer, f safetensors.File, only *regexp.Regexp) {
	for _, k := range slices.Sorted(maps.Keys(f.Metadata)) {
		fmt.Fprintf(b, "  metadata %s: %.*q\n", k, mostText, f.Metadata[k])
	}
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "  tensor\tdtype\tshape\tnorm\tleast\tlargest\tnot finite\tSHA-256")
	var norms []float64
	tensors, values, notFinite := 0, 0, 0
	for _, t := range f.Tensors {
		if !only.MatchString(t.Name) {
			continue
		}
		s := summarise(t)
		fmt.Fprintf(w, "  %s\t%s\t%v\t%.6g\t%.6g\t%.6g\t%d\t%s…\n", t.Name, t.Dtype, safetensors.Shape(t.Shape), s.norm, s.least, s.largest, s.notFinite, s.hash)
		tensors, values, notFinite, norms = tensors+1, values+s.values, notFinite+s.notFinite, append(norms, s.norm)
	}
	w.Flush()
	fmt.Fprintf(b, "  %d of %d tensors, %d values, norm %.6g, %d not finite\n", tensors, len(f.Tensors), values, floats.Norm(norms, 2), notFinite)
}

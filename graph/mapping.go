package graph

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/op"
	"github.com/latentgo/latent/internal/safetensors"
)

// Mapping reads a safetensors file that another program wrote, such as one of
// PyTorch, JAX or Keras, into Params: it says which of its arrays are which
// parameters, how they lie there, and whether their numbers may be converted. The
// zero value reads what Params.Load reads.
//
// A linear layer of PyTorch has a weight [out,in], layers.Dense a "w" [in,out]; in
// Flax and Keras it is a kernel [in,out]:
//
//	graph.Mapping{Names: []graph.Rename{
//		{From: "enc.*.weight", To: "enc/*/w", Perm: []int{1, 0}},
//		{From: "enc.*.bias", To: "enc/*/b"},
//	}}.Load(params, "vae.safetensors")
//
// Whatever does not fit is an error that names the file's array and the parameter:
// a shape, a dtype, a number that is not finite, two arrays for one parameter, and
// unless Partial is set an array or a parameter that has no counterpart.
type Mapping struct {
	// Prefix is what the names of the file's arrays begin with and what is cut off
	// them; the arrays of other names are left. From is matched with the rest.
	Prefix string
	// Names says what an array is called here: the first Rename whose From matches
	// counts, an array that none matches has no counterpart. Without Names arrays
	// keep their names.
	Names []Rename
	// Scope is the path of the scope that the parameters are in, to which To is
	// relative; parameters outside of it stay as they are. "" is the root.
	Scope string
	// Partial allows arrays and parameters without a counterpart. It does not seal,
	// so that a model may declare the rest.
	Partial bool
	// Cast allows arrays of another dtype than the Params': F16, BF16, F32, F64, the
	// integers from 8 to 64 bits and BOOL are rounded to it. A number beyond its
	// range is an error. Empty Params without a Dtype take that of the first array
	// of F32 or F64, and Float32 if there is none.
	Cast bool
}

// Rename says what some arrays of a file are called here and how they lie.
type Rename struct {
	// From is the name in the file. In it * stands for one part of a name, of any
	// letters but dots and slashes, and ** for one or more parts.
	From string
	// To is the name of the parameter. Each * and ** stands for what that of From in
	// the same place does, with slashes for dots. "" leaves the array out, as for
	// counters that have no use here.
	To string

	// An array is first looked at as one of the shape View, then its axes are
	// permuted so that axis i is what axis Perm[i] was, and the result is given the
	// shape Shape, each only if it is set. One size of View and of Shape may be −1,
	// which means what is left. So {1,0} transposes a matrix, {2,3,1,0} turns the
	// kernel [out,in,height,width] of a convolution into [height,width,in,out], and
	// for the weight [out,C·H·W] of a layer behind a flattened image View
	// {−1,C,H,W}, Perm {2,3,1,0} and Shape {H·W·C,−1} make it one of images
	// [H,W,C].
	View, Perm, Shape []int
}

// Left is what a Mapping did not take, in sorted order.
type Left struct {
	File   []string // arrays of the file
	Params []string // parameters and states, which stay as they were
}

// star finds what stands for parts of names in patterns.
var star = regexp.MustCompile(`\*+`)

// pattern is a compiled Rename.
type pattern struct {
	Rename
	from  *regexp.Regexp
	stars []string
}

// compile checks the Mapping.
func (m Mapping) compile() ([]pattern, error) {
	var all []pattern
	for _, r := range m.Names {
		p := pattern{Rename: r, stars: star.FindAllString(r.From, -1)}
		if slices.ContainsFunc(p.stars, func(s string) bool { return len(s) > 2 }) || r.From == "" || !utf8.ValidString(r.From) {
			return nil, errors.Errorf("rename from %.200q: want a name, in which * or ** stand for parts", r.From)
		}
		if r.To != "" && !slices.Equal(p.stars, star.FindAllString(r.To, -1)) {
			return nil, errors.Errorf("rename from %.200q to %.200q: want the same stars in the same order", r.From, r.To)
		}
		if strings.ContainsAny(r.To, ": \t\n") || !utf8.ValidString(r.To) {
			return nil, errors.Errorf("rename from %.200q to %.200q: want no spaces and no colons", r.From, r.To)
		}
		text := regexp.QuoteMeta(r.From)
		text = strings.ReplaceAll(text, `\*\*`, `(.+)`)
		text = strings.ReplaceAll(text, `\*`, `([^./]+)`)
		var err error
		if p.from, err = regexp.Compile(`^(?s:` + text + `)$`); err != nil { // it is too long
			return nil, errors.Wrapf(err, "rename from %.200q", r.From)
		}
		all = append(all, p)
	}
	return all, nil
}

// target returns the parameter's name for an array's; ok tells whether it has one
// at all.
func (p pattern) target(name string) (to string, ok bool) {
	parts := p.from.FindStringSubmatch(name)
	if parts == nil {
		return "", false
	}
	return star.ReplaceAllStringFunc(p.To, func(string) string {
		parts = parts[1:]
		return strings.ReplaceAll(parts[0], ".", "/")
	}), true
}

// found is an array of a file that has a parameter's name.
type found struct {
	op.Array
	of    string // its name in the file
	dtype string // likewise
	label string // for errors: the parameter's name, and the array's where it is another
	as    Rename
}

// find gives the arrays of a file the names of parameters. Of those left, lost
// has the ones that should have a counterpart.
func (m Mapping) find(f safetensors.File, names []pattern) (file map[string]found, left, lost []string, err error) {
	file = map[string]found{}
	for _, t := range f.Tensors {
		name, ok := strings.CutPrefix(t.Name, m.Prefix)
		if !ok {
			left = append(left, t.Name)
			continue
		}
		var as Rename
		to := name
		if ok = name != ""; len(names) > 0 {
			ok = false
			for i := 0; i < len(names) && !ok; i++ {
				to, ok = names[i].target(name)
				as = names[i].Rename
			}
		}
		if !ok {
			lost = append(lost, t.Name)
		}
		if !ok || to == "" {
			left = append(left, t.Name)
			continue
		}
		if m.Scope != "" {
			to = m.Scope + "/" + to
		}
		a := found{op.Array{Shape: t.Shape, F32: t.F32, F64: t.F64}, t.Name, t.Dtype, "parameter " + brief(to), as}
		if to != t.Name {
			a.label += " (" + brief(t.Name) + " in the file)"
		}
		if other, twice := file[to]; twice {
			return nil, nil, nil, errors.Errorf("%s is %s too", a.label, brief(other.of))
		}
		file[to] = a
	}
	slices.Sort(lost)
	return file, left, lost, nil
}

// brief returns the start of a name that may be long.
func brief(name string) string { return fmt.Sprintf("%.200s", name) }

// take makes what the file has the values of p.
func (m Mapping) take(p *Params, f safetensors.File, names []pattern) (Left, error) {
	if v := f.Metadata["version"]; f.Metadata["format"] == fileFormat && v != fileVersion {
		return Left{}, errors.Errorf("format %s version %q, want version %s", fileFormat, v, fileVersion)
	}
	file, left, lost, err := m.find(f, names)
	switch {
	case err != nil:
		return Left{}, err
	case len(lost) > 0 && !m.Partial:
		return Left{}, errors.Errorf("%s of the file is in no Rename; one to \"\" leaves it out, Partial whatever is in none", brief(lost[0]))
	}
	p.values.Lock()
	defer p.values.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	empty, dt := len(p.byName) == 0, p.Dtype
	all := slices.Sorted(maps.Keys(file))
	for i := 0; empty && p.Dtype == 0 && i < len(all); i++ {
		if d := file[all[i]].dtype; d == safetensors.F64 || d == safetensors.F32 {
			dt = file[all[i]].Dtype()
			break
		}
	}
	dt = cmp.Or(dt, Float32)
	values, rest := map[string]op.Array{}, Left{File: left}
	for name := range p.byName {
		if _, ok := file[name]; !ok {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	for _, name := range all {
		a, inFile := file[name]
		have, declared := p.byName[name]
		switch {
		case !inFile && (m.Partial || m.Scope != "" && !strings.HasPrefix(name, m.Scope+"/")):
			rest.Params = append(rest.Params, name)
			continue
		case !inFile:
			return Left{}, errors.Errorf("parameter %s is missing from the file: another model has saved it", brief(name))
		case !declared && !empty && m.Partial:
			rest.File = append(rest.File, a.of)
			continue
		case !declared && !empty:
			return Left{}, errors.Errorf("%s is in the file and unknown to the model: another one has saved it", a.label)
		}
		v, err := a.read(dt, m.Cast)
		if err != nil {
			return Left{}, errors.WithMessage(err, a.label)
		}
		if !empty && !slices.Equal(v.Shape, have.Shape) {
			return Left{}, errors.Errorf("%s has shape %v in the file, the model declares %v", a.label, safetensors.Shape(v.Shape), safetensors.Shape(have.Shape))
		}
		values[name] = v
	}
	if len(values) == 0 && len(f.Tensors) > 0 {
		return Left{}, errors.Errorf("none of the %d arrays of the file, such as %s, is a parameter", len(f.Tensors), brief(f.Tensors[0].Name))
	}
	if empty {
		p.byName, p.Dtype, p.seed, p.dtype = values, dt, p.Seed, dt
	} else {
		for name, v := range values {
			p.byName[name].Copy(v)
		}
	}
	p.sealed = p.sealed || !m.Partial
	slices.Sort(rest.File)
	return rest, nil
}

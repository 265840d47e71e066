package engine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/latentgo/latent/internal/op"
)

// ArenaBytes returns the size of the memory that all intermediate results and
// outputs share.
func (p *Plan) ArenaBytes() int { return p.arena * p.dt.Size() }

// FLOPs returns the multiplications and additions of the matrix products of one
// run, and the functions of elements evaluated besides.
func (p *Plan) FLOPs() (products, elements float64) {
	for _, u := range p.units {
		for _, v := range u.values {
			products += convFLOPs(v)
			if v.mul != nil {
				products += v.mul.flops()
				if v.mul.activation != nil {
					elements += float64(v.size)
				}
			}
		}
		if l := u.loop; l != nil {
			elements += float64(len(l.steps)) * float64(l.rows) * float64(l.cols)
		}
	}
	return products, elements
}

// Explain lists the instructions: in which phase each runs, in how many parts,
// what it computes and what was fused into it.
func (p *Plan) Explain() string {
	var b strings.Builder
	products, elements := p.FLOPs()
	fmt.Fprintf(&b, "%d nodes, %d instructions in %d phases, arena %.1f kB, %.3f MFLOP in products, %.3f M element functions\n",
		p.nodes, len(p.units), len(p.phases), float64(p.ArenaBytes())/1e3, products/1e6, elements/1e6)
	for i, ph := range p.phases {
		for k, u := range ph.units {
			parts := 1
			if ph.code != nil {
				parts = ph.code[k].count()
			}
			fmt.Fprintf(&b, "%4d %3d×  %s\n", i, parts, u)
		}
	}
	return b.String()
}

func (u *unit) String() string {
	v := u.values[0]
	switch {
	case v.mul != nil:
		return fmt.Sprintf("product %v  %.3g MFLOP", v.mul, v.mul.flops()/1e6)
	case u.loop != nil:
		return u.loop.String()
	case convFLOPs(v) > 0:
		return fmt.Sprintf("direct  %s %v  %.3g MFLOP", short(op.Name(v.rule)), []int(v.shape), convFLOPs(v)/1e6)
	case v.kind == direct:
		return fmt.Sprintf("direct  %s %v", short(op.Name(v.rule)), []int(v.shape))
	}
	return fmt.Sprintf("rule    %s %v", short(op.Name(v.rule)), []int(v.shape))
}

func (l *loop) String() string {
	var what []string
	for _, s := range l.steps {
		if s.v == nil {
			continue
		}
		name := [...]string{mulAdd: "muladd", mulSub: "mulsub", addScale: "addscaled", affine: "affine", move: "copy",
			fill: "fill", tanhSlope: "tanh′", sigmoidSlope: "sigmoid′", bernoulli: "bernoulli", bernoulliSlope: "bernoulli′", softmaxOf: "softmax", foldOf: ""}
		if int(s.code) < len(name) && name[s.code] != "" {
			what = append(what, name[s.code])
			continue
		}
		switch r := s.v.rule.(type) {
		case op.SumTo:
			what = append(what, fmt.Sprintf("→sum%v", []int(r.To)))
		case op.Reduce:
			what = append(what, "→"+op.Name(r))
		case copied:
			what = append(what, "copy")
		default:
			what = append(what, op.Name(r))
		}
	}
	var in, out int
	for _, a := range l.loads {
		if a.mode == aliased {
			in++
		}
	}
	for _, a := range l.saves {
		if a.base.inPlace {
			out++
		}
	}
	s := fmt.Sprintf("loop    %v %d in", append(slices.Clone(l.outer), l.cols), in)
	if n := len(l.loads) - in; n > 0 {
		s += fmt.Sprintf(" +%d stretched", n)
	}
	s += fmt.Sprintf(", %d out", len(l.saves))
	if out > 0 {
		s += fmt.Sprintf(" (%d in place)", out)
	}
	if l.blockRows > 1 {
		s += fmt.Sprintf(", %d rows at once", l.blockRows)
	}
	return s + ": " + strings.Join(what, " ")
}

// short cuts a long name, such as that of a permutation.
func short(s string) string {
	if len(s) > 40 {
		return s[:36] + " …"
	}
	return s
}

package graph

import (
	"github.com/latentgo/latent/internal/kernel"
	"github.com/latentgo/latent/internal/op"
)

// noiseFill fills the noise of a program. Its parts are runs of rows, fixed when
// the program is built.
type noiseFill struct {
	pool  *kernel.Pool // nil: the caller alone
	sites []site
	parts []rowRun
	now   Key
	pass  int
}

// site is one noise node.
type site struct {
	name        string
	law         Noise
	value       op.Array
	rows, event int // rows of a sample, elements of a row
	rowless     bool
	inner       int // samples that differ in their alternatives alone, counted fastest
	outer       int // all others
	onward      int // of the outer ones, those that each pass goes on by
	key         kernel.Noise
}

// rowRun is rows from ≤ i < to of a site, counted through all samples.
type rowRun struct{ site, from, to int }

// noisePart is about how many elements make a part worth handing over.
const noisePart = 4096

func (d *noiseFill) add(l leaf, value op.Array) {
	s := site{name: l.name, law: l.noise, value: value, rows: 1, event: 1}
	shape := value.Shape
	if s.rowless = l.rows < 0; !s.rowless {
		s.rows = shape[l.rows]
	}
	s.event = op.Size(shape[max(l.rows, -1)+1:])
	s.inner = op.Size(shape[:min(l.alternatives, max(l.rows, 0))])
	s.outer = value.Len() / max(s.inner*s.rows*s.event, 1)
	if l.passes && s.outer > 1 || l.anew {
		s.onward = s.outer
	}
	d.sites = append(d.sites, s)
	if value.Len() == 0 {
		return
	}
	all := value.Len() / s.event
	step := max(noisePart/s.event, 1)
	for i := 0; i < all; i += step {
		d.parts = append(d.parts, rowRun{len(d.sites) - 1, i, min(i+step, all)})
	}
}

// sharedNoise is door.SharedNoise.
func (p *Program) sharedNoise() []string {
	p.notNil()
	var names []string
	for _, s := range p.noise.sites {
		if s.rowless {
			names = append(names, s.name)
		}
	}
	return names
}

// draw fills all noise of a pass.
func (d *noiseFill) draw(now Key, pass int) {
	d.now, d.pass = now, pass
	for i := range d.sites {
		s := &d.sites[i]
		s.key = kernel.Noise{Key: kernel.SiteKey(now.Seed, uint32(now.Stream), s.name), Step: now.Step}
	}
	if d.pool != nil && len(d.parts) > len(d.sites) {
		d.pool.Run(len(d.parts), d)
		return
	}
	for i := range d.parts {
		d.Do(i, 0)
	}
}

// Do fills one part.
func (d *noiseFill) Do(part, _ int) {
	r := d.parts[part]
	s := &d.sites[r.site]
	if s.value.F64 != nil {
		fill(s, s.value.F64, r, d.now.Row, d.pass)
	} else {
		fill(s, s.value.F32, r, d.now.Row, d.pass)
	}
}

func fill[T Float](s *site, dst []T, r rowRun, row, pass int) {
	if s.rowless {
		row = 0
	}
	for i := r.from; i < r.to; i++ {
		x := dst[i*s.event : (i+1)*s.event]
		m := i / s.rows
		sample, at := uint32((pass*s.onward+m%s.outer)*s.inner+m/s.outer), uint32(row+i%s.rows)
		if s.law == UniformNoise {
			kernel.Uniform(x, s.key, sample, at, 0)
		} else {
			kernel.Normal(x, s.key, sample, at, 0)
		}
	}
}

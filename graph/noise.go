package graph

import (
	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/door"
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
	keys  []door.RowKey // nil: rows are those of now
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
	seeds       []uint64 // the site's key of each row, where rows have their own
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
	if d.keys != nil {
		d.now.Seed = d.keys[0].Seed // of what rows share
	}
	for i := range d.sites {
		s := &d.sites[i]
		s.key = kernel.Noise{Key: kernel.SiteKey(d.now.Seed, uint32(now.Stream), s.name), Step: now.Step}
		for r := range s.seeds {
			if seed := d.keys[r].Seed; r == 0 || seed != d.keys[r-1].Seed {
				s.seeds[r] = kernel.SiteKey(seed, uint32(now.Stream), s.name)
			} else {
				s.seeds[r] = s.seeds[r-1]
			}
		}
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
		fill(d, s, s.value.F64, r)
	} else {
		fill(d, s, s.value.F32, r)
	}
}

func fill[T Float](d *noiseFill, s *site, dst []T, r rowRun) {
	row := d.now.Row
	if s.rowless {
		row = 0
	}
	for i := r.from; i < r.to; i++ {
		x := dst[i*s.event : (i+1)*s.event]
		m, key := i/s.rows, s.key
		draw, at := d.pass*s.onward+m%s.outer, row+i%s.rows
		if s.seeds != nil {
			own := &d.keys[i%s.rows]
			key.Key, at = s.seeds[i%s.rows], own.Row
			if s.outer > 1 {
				draw += own.Sample
			}
		}
		sample := uint32(draw*s.inner + m/s.outer)
		if s.law == UniformNoise {
			kernel.Uniform(x, key, sample, uint32(at), 0)
		} else {
			kernel.Normal(x, key, sample, uint32(at), 0)
		}
	}
}

// keyRows is door.Rows.
func (p *Program) keyRows(keys []door.RowKey) error {
	p.notNil()
	if err := p.acquire("rows", ""); err != nil {
		return err
	}
	defer p.use.Store(idle)
	d := &p.noise
	for _, s := range d.sites {
		if keys != nil && !s.rowless && s.rows != len(keys) {
			return errors.Errorf("graph: noise %s has %d rows, there are keys of %d", s.name, s.rows, len(keys))
		}
	}
	if keys != nil && len(keys) == 0 {
		keys = nil // of no rows
	}
	d.keys = keys
	for i := range d.sites {
		s := &d.sites[i]
		if s.seeds = nil; keys != nil && !s.rowless {
			s.seeds = make([]uint64, s.rows)
		}
	}
	return nil
}

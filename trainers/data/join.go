package data

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/op"
)

// Join gives batches of several sets in one step, such as of labelled and
// unlabelled rows:
//
//	&data.Join{Parts: map[string]data.Batches{
//		"labelled":   labelled.Batches(data.BatchConfig{Size: 10, Seed: 1}),
//		"unlabelled": unlabelled.Batches(data.BatchConfig{Size: 100, Seed: 2}),
//	}}
//
// Array x of part labelled is the array "labelled/x". Each part keeps its own
// batch size, order and seed, and goes through its own epochs: a step takes the
// next batch of each, and a part that has come to its end goes on with its next
// epoch. The epochs of the join are those of one part, whose arrays come first,
// so that its rows count. Batch b of epoch e is step e·n + b, n being that part's
// Count, and in a part of m batches batch (e·n + b) mod m of epoch (e·n + b)/m:
// Seek goes there at once. All parts must know their Count.
//
// The parts belong to the join: nobody else may move them.
type Join struct {
	Parts map[string]Batches
	Epoch string // the part whose epochs are counted; "" means that of the most batches, of equal ones the first by name

	parts []part // the one of the epochs first
	specs []Spec
	err   error // of the parts
	ended error // of Next
}

type part struct {
	name string
	Batches
	count, epoch int
}

// start looks at the parts, the first time that something is asked.
func (j *Join) start() error {
	if j == nil {
		return errors.New("data: the Join is nil")
	}
	if j.parts == nil && j.err == nil {
		j.err = j.take()
	}
	return j.err
}

func (j *Join) take() error {
	if len(j.Parts) == 0 {
		return errors.New("data: join of no parts")
	}
	var parts []part
	for _, name := range slices.Sorted(maps.Keys(j.Parts)) {
		b := j.Parts[name]
		if op.Nil(b) {
			return errors.Errorf("data: join: part %q is nil", name)
		}
		if name == "" || strings.Contains(name, "/") {
			return errors.Errorf("data: join: part %q, want a name without slashes", name)
		}
		if err := b.Seek(0, 0); err != nil {
			return errors.WithMessagef(err, "data: join: part %s", name)
		}
		n := b.Count()
		if n < 1 {
			return errors.Errorf("data: join: part %s does not know its number of batches (Count %d)", name, n)
		}
		for _, p := range parts {
			if Overlap(p.Batches, b) {
				return errors.Errorf("data: join: parts %s and %s are the same Batches, or have them, which can be at one place only", p.name, name)
			}
		}
		parts = append(parts, part{name: name, Batches: b, count: n})
	}
	lead := 0
	for i, p := range parts {
		if p.count > parts[lead].count {
			lead = i
		}
	}
	if j.Epoch != "" {
		lead = slices.IndexFunc(parts, func(p part) bool { return p.name == j.Epoch })
	}
	if lead < 0 {
		return errors.Errorf("data: join: Epoch %q is none of the parts %v", j.Epoch, slices.Sorted(maps.Keys(j.Parts)))
	}
	first := parts[lead]
	j.parts = slices.Insert(slices.Delete(parts, lead, lead+1), 0, first)
	for _, p := range j.parts {
		for _, s := range p.Arrays() {
			j.specs = append(j.specs, Spec{p.name + "/" + s.Name, s.Shape})
		}
	}
	return nil
}

// Overlap tells whether two Batches are the same, or joins of the same: these can
// be at one place only, and moving the one moves the other.
func Overlap(a, b Batches) bool {
	for range 2 {
		if j, ok := a.(*Join); ok && j != nil {
			for _, p := range j.Parts {
				if Overlap(p, b) {
					return true
				}
			}
		}
		a, b = b, a
	}
	return reflect.ValueOf(a).Comparable() && a == b
}

// Arrays implements Batches.
func (j *Join) Arrays() []Spec {
	if j.start() != nil {
		return nil
	}
	return j.specs
}

// Count implements Batches.
func (j *Join) Count() int {
	if j.start() != nil {
		return 0
	}
	return j.parts[0].count
}

// Seek implements Batches.
func (j *Join) Seek(epoch, batch int) error {
	if err := j.start(); err != nil {
		return err
	}
	j.ended = nil
	n := j.parts[0].count
	if epoch < 0 || int64(epoch) > 1<<32-1 || batch < 0 || batch > n {
		return errors.Errorf("data: join: no batch %d of epoch %d, there are %d an epoch", batch, epoch, n)
	}
	for i := range j.parts {
		p := &j.parts[i]
		e, b := epoch, batch // of the first part, which batch Count() leaves at its end
		if i > 0 {
			step := int64(epoch)*int64(n) + int64(batch)
			e, b = int(step/int64(p.count)), int(step%int64(p.count))
		}
		if err := p.Seek(e, b); err != nil {
			return errors.WithMessagef(err, "data: join: part %s", p.name)
		}
		p.epoch = e
	}
	return nil
}

// Next implements Batches.
func (j *Join) Next() bool {
	if j.start() != nil || j.ended != nil {
		return false
	}
	for i := range j.parts {
		p := &j.parts[i]
		if p.Next() {
			continue
		}
		if err := p.Err(); err != nil || i == 0 {
			j.ended = errors.WithMessagef(err, "data: join: part %s", p.name)
			return false
		}
		p.epoch++
		err := p.Seek(p.epoch, 0)
		if err == nil && !p.Next() {
			if err = p.Err(); err == nil {
				err = errors.Errorf("no batch in epoch %d, want %d", p.epoch, p.count)
			}
		}
		if err != nil {
			j.ended = errors.WithMessagef(err, "data: join: part %s", p.name)
			return false
		}
	}
	return true
}

// Err implements Batches.
func (j *Join) Err() error {
	if err := j.start(); err != nil {
		return err
	}
	return j.ended
}

// Index implements Batches.
func (j *Join) Index(name string) []int {
	if p, array := j.find(name); p != nil {
		return p.Index(array)
	}
	return nil
}

// Fill implements Batches.
func (j *Join) Fill(name string, from int, dst graph.Array) error {
	p, array := j.find(name)
	if p == nil {
		if err := j.start(); err != nil {
			return err
		}
		return errors.Errorf("data: join: no array %s", name)
	}
	return errors.WithMessagef(p.Fill(array, from, dst), "data: join: part %s", p.name)
}

// find returns the part of an array, nil if there is none, and its name there.
func (j *Join) find(name string) (*part, string) {
	if j.start() != nil {
		return nil, ""
	}
	of, array, _ := strings.Cut(name, "/")
	for i := range j.parts {
		if j.parts[i].name == of {
			return &j.parts[i], array
		}
	}
	return nil, ""
}

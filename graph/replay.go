package graph

import (
	"slices"
	"strings"
)

// modelRun is one run of a model's code during a build.
type modelRun struct {
	path   string
	passes bool // noise declared in it goes on from pass to pass
	anew   bool // likewise, whatever its number of samples
	probe  bool // of a model that is only looked at

	alternatives int // of noise declared in it
}

// run is door.Run.
func (s *Scope) run(f func()) {
	s.notNil()
	s.runAs(s.b.replay, false, f)
}

// replay is door.Replay.
func (s *Scope) replay(f func()) {
	s.notNil()
	s.runAs(true, false, f)
}

// probe is door.Probe.
func (s *Scope) probe(f func()) {
	s.notNil()
	s.runAs(s.b.replay, true, f)
}

func (s *Scope) runAs(replay, probe bool, f func()) {
	if f == nil {
		Fail("graph: a run of no code")
	}
	b := s.b
	run, before := b.run, b.replay
	defer func() { b.run, b.replay = run, before }()
	probe = probe || run != nil && run.probe
	b.run, b.replay = &modelRun{s.path, s.passes, s.anew, probe, s.alternatives}, replay
	f()
}

// probing tells whether what is declared is of a model that is only looked at.
func (b *build) probing() bool { return b.run != nil && b.run.probe }

// among is door.Alternatives.
func (s *Scope) among(n int) *Scope {
	s.notNil()
	r := *s
	r.alternatives = n
	return &r
}

// runName returns the full name of noise or an output, which belong to a run.
func (s *Scope) runName(name string) string {
	path := s.join(name)
	if r := s.b.run; r != nil && r.path != "" && !strings.HasPrefix(path, r.path+"/") {
		return r.path + "/" + path
	}
	return path
}

// NoiseAsInput returns the same scope in which noise is not drawn but fed: what
// Noise declares is an input of its name. It is for tests and for quadrature,
// which choose the random numbers themselves.
func (s *Scope) NoiseAsInput() *Scope {
	s.notNil()
	r := *s
	r.fed = true
	return &r
}

// redeclared returns the node of an earlier declaration of the same name that
// this one may share, or nil; any other clash aborts.
func (s *Scope) redeclared(l leaf, shape Shape) *Node {
	n := s.b.names[l.name]
	if n == nil {
		return nil
	}
	old := s.b.leaves[n]
	another := !l.own && l.run != nil && old.run != nil && l.run != old.run
	switch {
	case !s.b.replay && !another:
		Fail("graph: %s declared twice %s; a second layer, a layer with noise applied twice, or a second run of a model in one build needs a scope of its own, s.In(NAME)", l.name, s.where())
	case old.kind == param && old.frozen != l.frozen:
		Fail("graph: %s is frozen in one run and trained in another", l.name)
	case old.kind != l.kind || old.noise != l.noise || old.rows != l.rows || old.passes != l.passes || old.anew != l.anew || old.alternatives != l.alternatives || !slices.Equal(n.Shape(), shape):
		Fail("graph: %s declared again by another run, with another law or shape, %v, than at first, %v", l.name, shape, n.Shape())
	}
	return n
}

// where says where a scope is.
func (s *Scope) where() string {
	if s.path == "" {
		return "at the root"
	}
	return "in scope " + s.path
}

// assignment is what a run assigns to a state.
type assignment struct {
	run   *modelRun
	value *Node
}

// addAssignment adds an assignment and returns what the state gets.
func (b *build) addAssignment(to, value *Node) *Node {
	list := b.written[to]
	if b.replay && len(list) > 0 {
		return b.assigns[to]
	}
	for _, a := range list {
		switch {
		case a.run != b.run && a.run != nil && b.run != nil:
		case a.value == value:
			return b.assigns[to]
		default:
			Fail("graph: state %s assigned twice: a layer that writes states is applied once in a run", to.Name())
		}
	}
	b.written[to] = append(list, assignment{b.run, value})
	if list == nil {
		return value
	}
	var all []*Node
	for _, a := range b.written[to] {
		all = append(all, a.value)
	}
	return AddN(all...).Scale(1 / float64(len(all)))
}

package graph

import "slices"

// Replay returns the same scope in which declaring a noise again gives the
// node that exists under its name, if law and shape are equal: code that runs
// twice then sees the same random numbers. Noise that does not exist is
// declared as ever; one of another law or shape aborts the build.
func (s *Scope) Replay() *Scope {
	r := *s
	r.replay = true
	return &r
}

// NoiseAsInput returns the same scope in which noise is not drawn but fed: what
// Noise declares is an input of its name. It is for tests and for quadrature,
// which choose the random numbers themselves.
func (s *Scope) NoiseAsInput() *Scope {
	r := *s
	r.fed = true
	return &r
}

// replayed returns the existing noise of a name in a scope that replays.
func (s *Scope) replayed(l leaf, name string, shape Shape) *Node {
	if !s.replay {
		return nil
	}
	path := s.join(name)
	for _, n := range s.b.order {
		switch old := s.b.leaves[n]; {
		case old.name != path:
		case old.kind != l.kind || old.noise != l.noise || old.passes != l.passes || !slices.Equal(n.Shape(), shape):
			Fail("graph: replay of %s: another law or shape, %v, than at first, %v", path, shape, n.Shape())
		default:
			return n
		}
	}
	return nil
}

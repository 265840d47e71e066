package engine

import "github.com/latentgo/latent/internal/kernel"

// A place where an instruction of a step has the memory of what moves on from step to
// step: a slice that begins off elements within it.
type memoryOf[T kernel.Float] struct {
	at  *[]T
	off int
}

// A moved value lies in the memory of a whole sequence, at the place of each step.
type moved[T kernel.Float] struct {
	uses []memoryOf[T]
	all  []T
	n    int // elements of a step
	by   int // from one place to the next
}

func moveAll[T kernel.Float](all []moved[T], place int) {
	for i := range all {
		m := &all[i]
		x := m.all[place*m.by:][:m.n]
		for _, u := range m.uses {
			*u.at = x[u.off:]
		}
	}
}

// usesOf returns where the instructions of a plan have the memory of a value; false if
// one has it where it cannot be changed.
func usesOf[T kernel.Float](p *Plan, v *value) (uses []memoryOf[T], ok bool) {
	d := p.program
	for _, ph := range p.phases {
		for k, u := range ph.units {
			touches := false
			for _, w := range u.values {
				touches = touches || w == v
				for _, c := range d.in[w.id] {
					touches = touches || d.base(c) == v
				}
			}
			if !touches {
				continue
			}
			switch c := ph.code[k].(type) {
			case *loopCode[T]:
				for i := range c.loads {
					if c.loads[i].base == v {
						uses = append(uses, memoryOf[T]{at: &c.loads[i].mem})
					}
				}
				for i := range c.saves {
					if c.saves[i].base == v {
						uses = append(uses, memoryOf[T]{at: &c.saves[i].mem})
					}
				}
				for i := range c.folds {
					if c.folds[i].base == v {
						return nil, false
					}
				}
			case *productCode[T]:
				m := d.mul[u.values[0].id]
				if m.b.base == v && c.Packed != nil {
					return nil, false
				}
				for i, p := range m.besideA {
					if p.base == v {
						uses = append(uses, memoryOf[T]{&c.BesideA[i], p.off})
					}
				}
				for i, p := range m.besideB {
					if p.base == v {
						uses = append(uses, memoryOf[T]{&c.BesideB[i], p.off})
					}
				}
				if m.a.base == v {
					uses = append(uses, memoryOf[T]{&c.A, m.a.off})
				}
				if m.b.base == v {
					uses = append(uses, memoryOf[T]{&c.B, m.b.off})
				}
				if m.bias != nil && m.bias.base == v {
					uses = append(uses, memoryOf[T]{&c.Bias, m.bias.off})
				}
				if u.values[0] == v {
					uses = append(uses, memoryOf[T]{at: &c.C})
				}
			case *concatCode[T]:
				for i, w := range d.in[u.values[0].id] {
					if d.base(w) == v {
						uses = append(uses, memoryOf[T]{at: &c.in[i]})
					}
				}
				if u.values[0] == v {
					uses = append(uses, memoryOf[T]{at: &c.out})
				}
			default:
				return nil, false
			}
		}
	}
	return uses, true
}

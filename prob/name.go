package prob

import "fmt"

// NameOf names the type of a distribution in a message: prob.Bernoulli, or of what
// Independent or Masked returned, prob.Independent of prob.Bernoulli.
func NameOf(d Dist) string {
	switch d := d.(type) {
	case interface{ unwrap() independent }:
		return "prob.Independent of " + NameOf(d.unwrap().base)
	case interface{ unwrap() masked }:
		return "prob.Masked of " + NameOf(d.unwrap().base)
	}
	return fmt.Sprintf("%T", d)
}

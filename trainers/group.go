package trainers

import (
	"cmp"
	"regexp"

	"github.com/pkg/errors"
)

// Group says how some parameters are updated otherwise than the rest. Each
// parameter is of the first group that matches its name, or of none.
type Group struct {
	// Match is a regular expression of package regexp, which finds parameters by
	// a part of their names: "^enc/" those of a scope, "/w$" the weights of
	// layers. "" matches all.
	Match string

	Rate float64 // factor of the optimiser's rate; 0 means 1

	// Decay is λ of a decoupled weight decay (Loshchilov and Hutter, arXiv
	// 1711.05101): before its step, whatever the rule,
	//
	//	θ ← (1 − η·λ)·θ
	//
	// with η the factor of the rule's rate: of UpdateConfig.Rate, of the Plateau
	// and of the group, but not the rate itself, as there. What PyTorch's AdamW
	// calls weight_decay is λ over the rate. Adam and a Decay are AdamW. 0 means
	// none.
	Decay float64
}

// grouped returns, for each parameter, its group, with the Rate that counts.
func grouped(groups []Group, names []string) ([]Group, error) {
	of, owned := make([]Group, len(names)), make([]bool, len(names))
	for i := range of {
		of[i].Rate = 1
	}
	for _, g := range groups {
		match, err := g.check()
		if err != nil {
			return nil, err
		}
		owns, late := false, false
		for i, name := range names {
			switch {
			case !match.MatchString(name):
			case owned[i]:
				late = true
			default:
				g.Rate = cmp.Or(g.Rate, 1)
				of[i], owned[i], owns = g, true, true
			}
		}
		switch {
		case owns:
		case late:
			return nil, errors.Errorf("group %q matches parameters of earlier groups only: the first that matches wins", g.Match)
		default:
			return nil, errors.Errorf("group %q matches none of the parameters %v", g.Match, names)
		}
	}
	return of, nil
}

func (g Group) check() (*regexp.Regexp, error) {
	if !(g.Rate == 0 || validRate(g.Rate)) || !(g.Decay >= 0 && g.Decay < 1) {
		return nil, errors.Errorf("group %q: Rate %v and Decay %v, want a finite Rate > 0, or 0 for 1, and Decay from 0 to below 1", g.Match, g.Rate, g.Decay)
	}
	r, err := regexp.Compile(g.Match)
	return r, errors.Wrapf(err, "group %q", g.Match)
}

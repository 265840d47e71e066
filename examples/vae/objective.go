package main

import (
	"math"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/vi"
)

// objectives are what -objective takes.
var objectives = map[string]func(o options, e vi.Estimator) vi.Objective{
	"elbo": func(o options, e vi.Estimator) vi.Objective {
		return vi.ELBO{Config: vi.Config{K: o.draws, Estimator: e}}
	},
	"iwae": func(o options, e vi.Estimator) vi.Objective {
		return vi.IWAE{Config: vi.Config{K: o.draws, Estimator: e}}
	},
	"renyi": func(o options, e vi.Estimator) vi.Objective {
		return vi.Renyi{Config: vi.Config{K: o.draws, Estimator: e}, Alpha: o.alpha}
	},
	"free-bits": func(o options, e vi.Estimator) vi.Objective {
		return vi.FreeBits{Config: vi.Config{K: o.draws, Estimator: e}, Lambda: o.lambda}
	},
	"wake-sleep": func(o options, _ vi.Estimator) vi.Objective { return vi.WakeSleep{K: o.draws} },
	"reweighted-wake-sleep": func(o options, _ vi.Estimator) vi.Objective {
		return vi.ReweightedWakeSleep{K: o.draws}
	},
}

// estimators are what -estimator takes. Which go with which bound, vi knows.
var estimators = map[string]vi.Estimator{
	"pathwise":       vi.Pathwise{},
	"stl":            vi.STL{},
	"dreg":           vi.DReG{},
	"score":          vi.Score{},
	"score-loo":      vi.Score{Baseline: vi.LeaveOneOut{}},
	"nvil":           vi.Score{Baseline: vi.NVIL{}},
	"vimco":          vi.VIMCO{},
	"measure-valued": vi.MeasureValued{},
}

func (o options) checkObjective() error {
	_, known := estimators[o.estimator]
	switch {
	case objectives[o.objective] == nil:
		return errors.Errorf("-objective %s: want one of %s", o.objective, names(objectives))
	case !known:
		return errors.Errorf("-estimator %s: want one of %s", o.estimator, names(estimators))
	case o.estimator != "pathwise" && (o.objective == "wake-sleep" || o.objective == "reweighted-wake-sleep"):
		return errors.Errorf("-estimator %s: -objective %s holds all draws and takes none", o.estimator, o.objective)
	case math.IsNaN(o.alpha) || math.IsInf(o.alpha, 0) || o.alpha == 1:
		return errors.Errorf("-alpha %v: want a finite number other than 1", o.alpha)
	case !(o.lambda >= 0) || math.IsInf(o.lambda, 1):
		return errors.Errorf("-lambda %v: want a finite number not below 0", o.lambda)
	case o.evaluate != 0 && (o.evaluate < 2 || o.evaluate > 1e5):
		return errors.Errorf("-evaluate %d: want 2 to 100000, or 0", o.evaluate)
	case o.compare != "" && o.evaluate == 0:
		return errors.New("-compare: wants -evaluate")
	}
	return nil
}

// bound is the objective that the flags choose.
func (o options) bound() vi.Objective { return objectives[o.objective](o, estimators[o.estimator]) }

// boundName is what the bound is called where it is printed.
func (o options) boundName() string {
	if o.objective == "elbo" {
		return "ELBO"
	}
	return o.objective + " bound"
}

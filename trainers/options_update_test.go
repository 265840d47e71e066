package trainers_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
	"github.com/latentgo/latent/trainers/data"
	"github.com/latentgo/latent/vi"
)

// updateOptions is options of what says how parameters are updated.
func updateOptions(t *testing.T) map[string][][]string {
	fit := func(c trainers.Config) string { return fitted(t, c) }
	plain := fit(trainers.Config{})
	groups := func(g ...trainers.Group) string {
		return fit(trainers.Config{Groups: g})
	}
	scheduled := func(s trainers.Schedule) string { return fit(trainers.Config{Rate: s, Epochs: 4}) }
	tenfold := trainers.Momentum{Rate: 10} // such that the bound falls
	plateau := func(p trainers.Plateau) string {
		if p.Patience == 0 {
			p.Patience = -1
		}
		return fit(trainers.Config{Optimizer: tenfold, Epochs: 9, Plateau: &p})
	}
	waiting := func(p trainers.Plateau, epochs int) string {
		return fit(trainers.Config{Optimizer: tenfold, Epochs: epochs, Plateau: &p})
	}
	averaged := func(a *trainers.Average) string {
		if a != nil {
			a.Params = &graph.Params{}
		}
		if out := fit(trainers.Config{Average: a, Epochs: 3}); strings.HasPrefix(out, "error ") {
			return out
		}
		if a == nil {
			return "none"
		}
		return fmt.Sprint(elements(t, a.Params, "w"))
	}
	kept := &graph.Params{}
	fit(trainers.Config{Average: &trainers.Average{Params: kept}})
	lbfgs := func(c trainers.LBFGS) string { return searched(t, c) }
	loops := func(c trainers.UpdateConfig) string { return looped(t, c) }
	return map[string][][]string{
		"Config.Rate":       {{plain, fit(trainers.Config{Rate: trainers.Constant(2)})}, {plain, fit(trainers.Config{Rate: trainers.Constant(-1)}), "schedule Rate is -1"}},
		"Config.Groups":     {{plain, groups(trainers.Group{Rate: 2})}, {plain, groups(trainers.Group{Match: "v"}), "matches none of the parameters [w]"}},
		"Config.Plateau":    {{fit(trainers.Config{Optimizer: tenfold, Epochs: 9}), plateau(trainers.Plateau{})}},
		"Config.Average":    {{averaged(nil), averaged(&trainers.Average{})}},
		"Config.Accumulate": {{plain, fit(trainers.Config{Accumulate: 2})}, {plain, fit(trainers.Config{Accumulate: -1}), "Accumulate -1"}},

		"UpdateConfig.Optimizer": {{loops(trainers.UpdateConfig{}), loops(trainers.UpdateConfig{Optimizer: trainers.SGD{}})}},
		"UpdateConfig.ClipNorm":  {{loops(trainers.UpdateConfig{Optimizer: trainers.SGD{}}), loops(trainers.UpdateConfig{Optimizer: trainers.SGD{}, ClipNorm: 1e-3})}},
		"UpdateConfig.Rate":      {{loops(trainers.UpdateConfig{}), loops(trainers.UpdateConfig{Rate: trainers.Constant(.5)})}},
		"UpdateConfig.Groups":    {{loops(trainers.UpdateConfig{}), loops(trainers.UpdateConfig{Groups: []trainers.Group{{Match: "a", Rate: .5}}})}},
		"UpdateConfig.Plateau":   {{loops(trainers.UpdateConfig{}), loops(trainers.UpdateConfig{Plateau: &trainers.Plateau{Patience: -1}})}},
		"UpdateConfig.Average":   {{loops(trainers.UpdateConfig{}), loops(trainers.UpdateConfig{Average: &trainers.Average{}})}},

		"Group.Match": {{loops(trainers.UpdateConfig{Groups: []trainers.Group{{Match: "a", Rate: 2}}}), loops(trainers.UpdateConfig{Groups: []trainers.Group{{Match: "b", Rate: 2}}})}, {plain, groups(trainers.Group{Match: "q"}), "matches none"}},
		"Group.Rate":  {{plain, groups(trainers.Group{Rate: 2})}, {plain, groups(trainers.Group{Rate: -2}), "Rate -2"}},
		"Group.Decay": {{plain, groups(trainers.Group{Decay: .1})}, {plain, groups(trainers.Group{Decay: -.1}), "Decay -0.1"}},

		"Average.Decay":  {{averaged(&trainers.Average{}), averaged(&trainers.Average{Decay: .5})}, {plain, averaged(&trainers.Average{Decay: 1}), "Average of Decay 1"}},
		"Average.From":   {{averaged(&trainers.Average{}), averaged(&trainers.Average{From: 2})}, {plain, averaged(&trainers.Average{From: -1}), "from -1"}},
		"Average.Params": {{"[]", fmt.Sprint(kept.Names())}},

		"Plateau.Metric":    {{plateau(trainers.Plateau{}), plateau(trainers.Plateau{Metric: "kl"})}, {plain, plateau(trainers.Plateau{Metric: "v"}), "Metric v"}},
		"Plateau.Lower":     {{plateau(trainers.Plateau{}), plateau(trainers.Plateau{Lower: true})}},
		"Plateau.Factor":    {{plateau(trainers.Plateau{}), plateau(trainers.Plateau{Factor: .5})}, {plain, plateau(trainers.Plateau{Factor: 1}), "Factor from 0 to below 1"}},
		"Plateau.Patience":  {{plateau(trainers.Plateau{}), plateau(trainers.Plateau{Patience: 2})}, {waiting(trainers.Plateau{}, 13), waiting(trainers.Plateau{Patience: 100}, 13)}},
		"Plateau.Threshold": {{fit(trainers.Config{Epochs: 9, Plateau: &trainers.Plateau{Patience: -1}}), fit(trainers.Config{Epochs: 9, Plateau: &trainers.Plateau{Patience: -1, Threshold: 1e9}})}, {plain, plateau(trainers.Plateau{Threshold: -1}), "Threshold ≥ 0"}},
		"Plateau.Floor":     {{plateau(trainers.Plateau{}), plateau(trainers.Plateau{Floor: .5})}, {plain, plateau(trainers.Plateau{Floor: -1}), "Floor from 0 to 1"}},

		"WarmUp.Steps":       {{scheduled(trainers.WarmUp{Steps: 1}), scheduled(trainers.WarmUp{Steps: 3})}, {plain, scheduled(trainers.WarmUp{}), "Steps ≥ 1"}},
		"StepDecay.Every":    {{scheduled(trainers.StepDecay{Every: 1}), scheduled(trainers.StepDecay{Every: 2})}, {plain, scheduled(trainers.StepDecay{}), "Every ≥ 1"}},
		"StepDecay.Factor":   {{scheduled(trainers.StepDecay{Every: 1}), scheduled(trainers.StepDecay{Every: 1, Factor: .5})}, {plain, scheduled(trainers.StepDecay{Every: 1, Factor: -1}), "Factor > 0"}},
		"Cosine.Steps":       {{scheduled(trainers.Cosine{Steps: 4}), scheduled(trainers.Cosine{Steps: 5})}, {plain, scheduled(trainers.Cosine{}), "Steps > WarmUp"}},
		"Cosine.WarmUp":      {{scheduled(trainers.Cosine{Steps: 4}), scheduled(trainers.Cosine{Steps: 4, WarmUp: 3})}, {plain, scheduled(trainers.Cosine{Steps: 4, WarmUp: -1}), "WarmUp ≥ 0"}},
		"Cosine.Floor":       {{scheduled(trainers.Cosine{Steps: 4}), scheduled(trainers.Cosine{Steps: 4, Floor: .5})}, {plain, scheduled(trainers.Cosine{Steps: 4, Floor: -1}), "Floor from 0 to 1"}},
		"InverseRoot.WarmUp": {{scheduled(trainers.InverseRoot{}), scheduled(trainers.InverseRoot{WarmUp: 3})}, {plain, scheduled(trainers.InverseRoot{WarmUp: -1}), "WarmUp ≥ 0"}},

		"LBFGS.Params":     {{lbfgs(trainers.LBFGS{}), lbfgs(trainers.LBFGS{Params: &graph.Params{Seed: 1, Dtype: graph.Float32}})}},
		"LBFGS.Seed":       {{lbfgs(trainers.LBFGS{}), lbfgs(trainers.LBFGS{Seed: 1})}},
		"LBFGS.Schedules":  {{lbfgs(trainers.LBFGS{Schedules: map[string]trainers.Schedule{"seen/weight": trainers.Constant(1)}}), lbfgs(trainers.LBFGS{Schedules: map[string]trainers.Schedule{"seen/weight": trainers.Constant(2)}})}, {plain, lbfgs(trainers.LBFGS{Schedules: map[string]trainers.Schedule{"v": trainers.Constant(1)}}), "Schedules has [v]"}},
		"LBFGS.Iterations": {{lbfgs(trainers.LBFGS{}), lbfgs(trainers.LBFGS{Iterations: 2})}, {plain, lbfgs(trainers.LBFGS{Iterations: -1}), "Iterations -1"}},
		"LBFGS.Memory":     {{lbfgs(trainers.LBFGS{}), lbfgs(trainers.LBFGS{Memory: 1})}, {plain, lbfgs(trainers.LBFGS{Memory: -1}), "Memory -1"}},
		"LBFGS.Tolerance":  {{lbfgs(trainers.LBFGS{}), lbfgs(trainers.LBFGS{Tolerance: .1})}, {plain, lbfgs(trainers.LBFGS{Tolerance: -1}), "Tolerance -1"}},
		"LBFGS.OnEpoch":    {{plain, lbfgs(trainers.LBFGS{OnEpoch: func(trainers.Epoch) error { return errors.New("stop") }}), "stop"}},
	}
}

// searched is fitted of L-BFGS.
func searched(t *testing.T, c trainers.LBFGS) string {
	t.Helper()
	var saw []string
	if c.Params == nil {
		c.Params = &graph.Params{Dtype: graph.Float64}
	}
	m := func(s *graph.Scope, d vi.Data) *vi.Estimate { // noisy, and of more than a step
		return vi.Sum(logistic(s, d), seen(c.Schedules["seen/weight"] != nil, &saw)(s.In("seen"), vi.Data{"x": graph.Cols(d["x"], 0, 2)}))
	}
	r, err := c.Fit(context.Background(), m, logisticData(t).Batches(data.BatchConfig{Size: 20}))
	if err != nil {
		return "error " + err.Error()
	}
	return fmt.Sprint(elements(t, r.Params, "w"), r.Epochs[len(r.Epochs)-1].Train["bound"], len(r.Epochs), r.Steps)
}

// looped is what some updates of one's own loop leave.
func looped(t *testing.T, c trainers.UpdateConfig) string {
	t.Helper()
	u, p := twoParts(t, graph.Float64, c)
	for range 3 {
		if err := u.Step(p); err != nil {
			return "error " + err.Error()
		}
		if c.Plateau != nil {
			if err := u.Observe(map[string]float64{"bound": 1}); err != nil {
				return "error " + err.Error()
			}
		}
	}
	return fmt.Sprint(elements(t, p.Params(), "a"), u.Average() != nil)
}

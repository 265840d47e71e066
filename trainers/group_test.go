package trainers_test

import (
	"math"
	"strings"
	"testing"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/trainers"
)

func TestGroupErrors(t *testing.T) {
	const numbers = ", want a finite Rate > 0, or 0 for 1, and Decay from 0 to below 1"
	for want, groups := range map[string][]trainers.Group{
		`trainers: group "^c" matches none of the parameters [b/w a]`:                               {{Match: "w"}, {Match: "^c"}},
		`trainers: group "w$" matches parameters of earlier groups only`:                            {{Match: "b"}, {Match: "w$"}},
		`trainers: group "" matches parameters of earlier groups only: the first that matches wins`: {{}, {}},
		`trainers: group "a": Rate -1 and Decay 0` + numbers:                                        {{Match: "a", Rate: -1}},
		`trainers: group "a": Rate NaN and Decay 0` + numbers:                                       {{Match: "a", Rate: math.NaN()}},
		`trainers: group "a": Rate 0 and Decay -0.1` + numbers:                                      {{Match: "a", Decay: -.1}},
		`trainers: group "a": Rate 0 and Decay 1` + numbers:                                         {{Match: "a", Decay: 1}},
		`trainers: group "(": error parsing regexp`:                                                 {{Match: "("}},
		`trainers: update 1 would multiply a by -1: group "a" has Decay 0.5 at 4 times the rate`:    {{Match: "a", Rate: 4, Decay: .5}},
	} {
		params := &graph.Params{}
		u := trainers.NewUpdater(params, trainers.UpdateConfig{Groups: groups})
		p, err := stepOf(t, u, params)
		if err == nil {
			err = u.Step(p)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// A schedule of the rate that is no factor is an error that changes nothing.
func TestRateErrors(t *testing.T) {
	for want, s := range map[string]trainers.Schedule{
		"trainers: schedule Rate is -1 at step 0, want 0 or more":                           trainers.Constant(-1),
		"trainers: schedule Rate is NaN at step 0":                                          trainers.ScheduleFunc(func(int) float64 { return math.NaN() }),
		"trainers: Constant(+Inf): want a finite number":                                    trainers.Constant(math.Inf(1)),
		"trainers: WarmUp{Steps:0}: want Steps ≥ 1":                                         trainers.WarmUp{},
		"trainers: StepDecay{Every:0 Factor:0}: want Every ≥ 1, a finite Factor > 0":        trainers.StepDecay{},
		"trainers: StepDecay{Every:1 Factor:-1}: want Every ≥ 1, a finite Factor > 0":       trainers.StepDecay{Every: 1, Factor: -1},
		"trainers: Cosine{Steps:3 WarmUp:3 Floor:0}: want Steps > WarmUp ≥ 0":               trainers.Cosine{Steps: 3, WarmUp: 3},
		"trainers: Cosine{Steps:3 WarmUp:0 Floor:2}: want Steps > WarmUp ≥ 0, Floor from 0": trainers.Cosine{Steps: 3, Floor: 2},
		"trainers: InverseRoot{WarmUp:-1}: want WarmUp ≥ 0":                                 trainers.InverseRoot{WarmUp: -1},
		"trainers: Rate is a nil trainers.ScheduleFunc":                                     trainers.ScheduleFunc(nil),
		"trainers: Rate is a nil *trainers.WarmUp":                                          (*trainers.WarmUp)(nil),
	} {
		params := &graph.Params{}
		u := trainers.NewUpdater(params, trainers.UpdateConfig{Rate: s})
		p, err := stepOf(t, u, params)
		if err == nil {
			err = u.Step(p)
			if m := elements(t, params, "a"); m[0] != 0 {
				t.Errorf("%s: a is %v", want, m)
			}
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	for _, c := range []trainers.Plateau{{Factor: 1}, {Factor: -1}, {Factor: math.NaN()}, {Threshold: -1}, {Threshold: math.Inf(1)}, {Floor: 2}, {Floor: math.NaN()}} {
		u := trainers.NewUpdater(&graph.Params{}, trainers.UpdateConfig{Plateau: &c})
		if err := u.Apply(); err == nil || !strings.HasPrefix(err.Error(), "trainers: Plateau{") {
			t.Errorf("error %v", err)
		}
	}
}

package flowtest

import (
	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/prob"
)

func checkRoundTrip(s *subject) error {
	if err := s.inverter(); err != nil {
		return err
	}
	p, err := s.build(graph.Float64, []int{s.rows()}, nil, func(e env) {
		b := e.b.(prob.Inverter)
		e.s.Output("InverseForward", b.Inverse(b.Forward(e.x)))
		e.s.Output("ForwardInverse", b.Forward(b.Inverse(e.x)))
	})
	if err != nil {
		return err
	}
	return s.each(p, s.values, s.context, func(f *findings, setting string, out map[string][]float64) {
		for _, name := range []string{"InverseForward", "ForwardInverse"} {
			for i, v := range out[name] {
				if !near(v, s.values[i], 1e-8) {
					f.add("%s: element %d of event %d is %v, %s of it is %v", setting, i%s.Event, i/s.Event, s.values[i], name, v)
				}
			}
		}
	})
}

func checkInverseLogDet(s *subject) error {
	if _, ok := s.kind.(prob.BothWays); !ok {
		return notApplicable("the type has no InverseLogDet")
	}
	p, err := s.build(graph.Float64, []int{s.rows()}, nil, func(e env) {
		e.s.Output("there", e.b.LogDet(e.x))
		e.s.Output("back", e.b.(prob.BothWays).InverseLogDet(e.b.Forward(e.x)))
	})
	if err != nil {
		return err
	}
	return s.each(p, s.values, s.context, func(f *findings, setting string, out map[string][]float64) {
		for i, v := range out["back"] {
			if !near(v, -out["there"][i], 1e-8) {
				f.add("%s: InverseLogDet of event %d is %v, LogDet is %v", setting, i, v, out["there"][i])
			}
		}
	})
}

func checkDrawAndScore(s *subject) error {
	n := 8
	_, inverts := s.kind.(prob.Inverter)
	p, err := s.build(graph.Float64, []int{n}, nil, func(e env) {
		law := prob.Transformed{Base: prob.StdNormal(s.Event), Bijector: e.b}
		y, score := law.SampleScore(e.s.In("draw"), n)
		e.s.Output("draw", y)
		e.s.Output("score", score)
		e.s.Output("wantdraw", e.b.Forward(e.x))
		e.s.Output("wantscore", law.Base.LogProb(e.x).Sub(e.b.LogDet(e.x)))
		if inverts {
			e.s.Output("LogProb", law.LogProb(y))
		}
	})
	if err != nil {
		return err
	}
	base, err := s.noise(n)
	if err != nil {
		return err
	}
	return s.each(p, base, s.context, func(f *findings, setting string, out map[string][]float64) {
		for i, v := range out["draw"] {
			if !near(v, out["wantdraw"][i], 1e-10) {
				f.add("%s: element %d of draw %d is %v, Forward of the base's draw is %v", setting, i%s.Event, i/s.Event, v, out["wantdraw"][i])
			}
		}
		want := out["wantscore"]
		if inverts {
			want = out["LogProb"]
		}
		for i, v := range out["score"] {
			if !near(v, want[i], 1e-7) || !near(v, out["wantscore"][i], 1e-10) {
				f.add("%s: the score of draw %d is %v, want %v", setting, i, v, want[i])
			}
		}
	})
}

// noise returns n draws of the base in checkDrawAndScore: the same name is the
// same noise.
func (s *subject) noise(n int) ([]float64, error) {
	p, err := s.build(graph.Float64, []int{n}, nil, func(e env) {
		e.s.Output("base", prob.StdNormal(s.Event).Sample(e.s.In("draw"), n))
	})
	if err != nil {
		return nil, err
	}
	out, err := p.eval(s.values, s.context)
	return out["base"], err
}

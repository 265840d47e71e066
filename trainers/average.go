package trainers

import (
	"math"
	"slices"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/graph"
	"github.com/latentgo/latent/internal/door"
)

// Average says which averages of the parameters to keep beside them, over the
// updates θ₁, θ₂, … from the one after From on. They vary less than the parameters
// do, and are to be evaluated, predicted with and saved in their place. With a
// Decay β they are exponential, with the bias corrected (Kingma and Ba, arXiv
// 1412.6980, section 7.2):
//
//	θ̄ₜ = βθ̄ₜ₋₁ + (1−β)θₜ, divided by 1−βᵗ
//
// and without one plain means (Polyak and Juditsky, 1992). Until there is an
// update to average they are the parameters themselves. They are summed in
// float64 whatever the dtype, as what a step adds is soon below float32's
// rounding.
type Average struct {
	Decay float64 // β, from 0 to below 1; 0 means the plain mean
	From  int     // updates that are left out; 0 or more

	// Params get the averages, up to date after every update; parameters that are
	// not trained and states are copied. They are empty or of the same model; nil
	// means new ones.
	Params *graph.Params
}

func (a Average) check(params *graph.Params) error {
	switch {
	case !(a.Decay >= 0 && a.Decay < 1) || a.From < 0:
		return errors.Errorf("Average of Decay %v from %d: want Decay from 0 to below 1, From ≥ 0", a.Decay, a.From)
	case a.Params == params && params != nil:
		return errors.New("Average.Params are those that are trained: give the averages others")
	}
	return nil
}

// weight is that of the t-th update in the average of those up to it: with the
// correction, θ̄ₜ = θ̄ₜ₋₁ + w·(θₜ − θ̄ₜ₋₁) has w = (1−β)/(1−βᵗ), whose limit for
// β → 1 is 1/t.
func (a Average) weight(t int) float64 {
	switch t -= a.From; {
	case t <= 1:
		return 1
	case a.Decay == 0:
		return 1 / float64(t)
	}
	return (1 - a.Decay) / -math.Expm1(float64(t)*math.Log(a.Decay))
}

// averages are what an Average has come to.
type averages struct {
	Average
	sums   [][]float64      // θ̄, by parameter that is trained
	shown  []graph.Array    // the same in Params
	copied [][2]graph.Array // what else Params hold, and what it is a copy of
}

// newAverages begins with the parameters as they are.
func newAverages(u *Updater) (*averages, error) {
	a := &averages{Average: *u.conf.Average}
	a.Params = u.average
	if err := a.Params.Copy(u.params); err != nil {
		return nil, errors.WithMessage(err, "trainers: the averages")
	}
	for _, name := range u.names {
		x, err := memory(a.Params, name)
		if err != nil {
			return nil, err
		}
		sum := make([]float64, x.Len())
		for i := range sum {
			sum[i] = x.At(i)
		}
		a.sums, a.shown = append(a.sums, sum), append(a.shown, x)
	}
	for _, name := range u.params.Names() {
		if slices.Contains(u.names, name) {
			continue
		}
		to, err := memory(a.Params, name)
		if err != nil {
			return nil, err
		}
		from, err := memory(u.params, name)
		if err != nil {
			return nil, err
		}
		a.copied = append(a.copied, [2]graph.Array{to, from})
	}
	return a, nil
}

// average takes update t into the averages.
func (d *update) average(t int) error {
	if d.averages == nil {
		return nil
	}
	d.weight = d.averages.weight(t)
	return door.WriteParams(d.averages.Params, d.note)
}

func (d *update) follow() error {
	for _, c := range d.averages.copied {
		c[0].Copy(c[1])
	}
	return d.all(averaging, d.program)
}

// restore makes the averages a copy of others.
func (a *averages) restore(names []string, sums map[string]graph.Array) error {
	return door.WriteParams(a.Params, func() error {
		for i, name := range names {
			copy(a.sums[i], sums[name].F64)
			for k, v := range a.sums[i] {
				a.shown[i].Set(k, v)
			}
		}
		for _, c := range a.copied {
			c[0].Copy(c[1])
		}
		return nil
	})
}

// toward moves the averages of a piece to its parameters by the weight.
func (a *averages) toward(c *piece, weight float64) {
	sum, shown := a.sums[c.of][c.from:c.to], part(a.shown[c.of], c.from, c.to)
	if weight == 1 {
		for i := range sum {
			sum[i] = c.Param.At(i)
		}
		shown.Copy(c.Param)
	} else if shown.F64 != nil {
		move(sum, shown.F64, c.Param.F64, weight)
	} else {
		move(sum, shown.F32, c.Param.F32, weight)
	}
}

func move[T graph.Float](sum []float64, shown, param []T, weight float64) {
	sum, shown = sum[:len(param)], shown[:len(param)]
	for i, x := range param {
		sum[i] += weight * (float64(x) - sum[i])
		shown[i] = T(sum[i])
	}
}

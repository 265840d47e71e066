package bayes

// Point has weights that are parameters, "w", without noise or prior: the network
// of package layers, to compare with.
type Point struct{}

var _ Posterior = Point{}

func (Point) declare(c Config, d *Dense) { d.theta = d.s.Param("w", c.Weights, d.in, d.out) }

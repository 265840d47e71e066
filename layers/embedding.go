package layers

import "github.com/latentgo/latent/graph"

// Embedding is a table of one vector a class.
type Embedding struct {
	Table *graph.Node // [classes, D]

	path string
}

// NewEmbedding declares a table "table" of standard normal numbers.
func NewEmbedding(s *graph.Scope, classes, width int) Embedding {
	return Config{}.NewEmbedding(s, classes, width)
}

// NewEmbedding declares a table "table", which Weights initialises, nil by
// standard normal numbers. It has nothing that the other fields could say, and
// refuses them.
func (c Config) NewEmbedding(s *graph.Scope, classes, width int) Embedding {
	switch {
	case c.Activation != nil || c.Biases != nil || c.NoBias || c.WeightNorm:
		graph.Fail("layers: %s: it has Weights alone", named("embedding", s.Path()))
	case classes < 1 || width < 1:
		graph.Fail("layers: %s: %d classes of width %d, want 1 or more", named("embedding", s.Path()), classes, width)
	case classes > 1<<24 && s.Dtype() == graph.Float32: // else a class would be another's
		graph.Fail("layers: %s: %d classes, of which float32 tells 1<<24 apart", named("embedding", s.Path()), classes)
	}
	if c.Weights == nil {
		c.Weights = graph.Gaussian{Std: 1}
	}
	return Embedding{s.Param("table", c.Weights, classes, width), s.Path()}
}

// Apply implements Layer: a column of class numbers [… 1], as data sets have
// them, to the rows of the table [… D]. A number that is not whole and in
// [0,classes) stops the run with an error. A row gets the sum of the gradients
// of the places that name it.
func (e Embedding) Apply(class *graph.Node) *graph.Node {
	e.check(class, false)
	return graph.Gather(e.Table, graph.Squeeze(class, -1))
}

// ApplyOneHot takes one-hot rows instead, or relaxed ones: of weights
// [… classes] it returns the weighted sum of the table's rows [… D].
func (e Embedding) ApplyOneHot(weights *graph.Node) *graph.Node {
	e.check(weights, true)
	return graph.MatMul(weights, e.Table)
}

// check refuses a table that is none and an input that is no column, or of
// another width than one-hot rows.
func (e Embedding) check(x *graph.Node, oneHot bool) {
	if e.Table == nil || len(e.Table.Shape()) != 2 {
		graph.Fail("layers: embedding without a Table [classes D]; layers.NewEmbedding declares it")
	}
	width := 1
	if oneHot {
		width = e.Table.Shape()[0]
	}
	checkInput(x, width, "embedding", e.path)
}

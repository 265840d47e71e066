// Package serve answers requests about a trained model: it encodes, decodes,
// reconstructs, samples, scores and fills in what is missing, for any number of
// goroutines at once.
//
// A Model is made of what training made: the function that declares the model and
// its Params.
//
//	m, err := serve.New(serve.Spec{
//		Model:  NewVAE,
//		Arrays: []serve.Array{{Name: "x", Shape: []int{784}}},
//	}, params, serve.Config{})
//	defer m.Close()
//	codes, err := m.Encode(ctx, serve.Request{Values: map[string][]float64{"x": pixels}})
//	means := codes.Get("z/mean")
//
// A request has any number of rows, one after the other in flat slices, and the
// reply has an entry for each. What is asked and given decides what is computed,
// by the rule that a site which has a value is scored and one that has none is
// drawn: Sample without values dreams, with labels it draws pictures of them.
//
// # What a request costs
//
// A graph.Program is for one number of rows and one goroutine. The Model keeps
// programs for 1, 2, 4 … Config.Batch rows of each operation, builds them when
// they are first needed (New builds one of each operation), and drops those used
// longest ago beyond Config.Memory. All of them read one copy of the parameters, and
// one of the matrices among them in the order in which products read them
// (graph.Frozen); while a new version is tried and taken over there are two.
// Requests wait in a queue of bounded length for
// one of Config.Runs workers, which takes along whatever else waits for the same
// operation; with Config.Delay it waits for more to come. A run with room for more
// rows than there are computes some twice.
//
// Do with a Reply that is used again allocates nothing once it has answered a
// request of that kind and size.
//
// # What a request draws
//
// The random numbers of a row are a function of the Request's Seed, the name of
// the site and the row's number in the request. They do not depend on what else
// is asked, on the number of processors or on how rows were put together, and are
// those that trainers.Predict draws. What is computed from them can differ in
// the last digits, by the order in which a sum of a matrix product is taken for
// another number of rows; Config.Alone keeps requests out of each other's runs,
// and results are then bit-identical, whatever else is asked. Draws beyond 64 for
// a row are made in several runs. In a model with global latents every request
// draws them once, for all of its rows, and runs by itself.
//
// # What goes wrong
//
// An error says whose fault it is: errors.Is finds ErrRequest, ErrOperation,
// ErrFull, ErrClosed or ErrBundle in it, or the context's error. A bad value is
// named by site, row and element. A request that makes a run fail is computed
// apart from the others, so that they are answered.
//
// # Files
//
// A bundle is a folder, or any fs.FS, with a model.json and weights that it names
// by hash. Write makes one so that there is a whole bundle at any time, Open
// refuses what does not hold together, and Load serves it. Swap and Reload put
// another one in place of what is served: it is tried on the request that its
// canary is, and requests under way are answered by the model before. Version and
// each Reply tell the hash.
//
// Parameters that were trained elsewhere, by PyTorch, JAX or Keras, come into Params
// by a graph.Mapping of their names and layouts, and into a bundle by Write as any
// others; examples/fromtorch does it.
//
// vi/serve/oip speaks the Open Inference Protocol over HTTP. See the examples New
// and Load, in example_test.go.
//
// # Where things stand
//
// serve.go has the Model and its operations as methods, request.go what goes in
// and out, config.go Spec and Config, metadata.go what a model can be asked.
// inspect.go reads the names that a model takes, operation.go what each operation
// computes. version.go has parameters with their programs, queue.go the requests
// that wait, worker.go the runs, lone.go those on the goroutine of a request that is
// alone, call.go a request under way, feed.go its values on their way in. field.go,
// weights.go and impute.go make outputs of results. bundle.go and swap.go are about
// files and other versions.
package serve

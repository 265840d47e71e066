// Package report tells of a fit while it goes on: a line of progress for whoever
// waits, and a log of all numbers for later, as JSON lines and, with package
// tensorboard, as event files.
//
//	lines, err := report.OpenJSONL("out/metrics.jsonl")
//	log := report.Log{To: []report.Sink{lines}, Every: 100}
//	shown := report.NewProgress(os.Stderr)
//	trainers.Config{
//		OnStep:  func(s trainers.Step) error { return errors.Join(log.OnStep(s), shown.OnStep(s)) },
//		OnEpoch: func(e trainers.Epoch) error { return errors.Join(log.OnEpoch(e), shown.OnEpoch(e)) },
//	}
//
// A log that is opened again goes on. A fit that goes on from an earlier step takes
// back what was written of later ones: by itself from a checkpoint that has the log
// in its State, else by Rewind; a new one goes on from step 0.
//
// See the examples Log and Progress in example_test.go.
package report

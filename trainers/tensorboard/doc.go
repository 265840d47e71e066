// Package tensorboard writes and reads the event files that TensorBoard shows:
// scalars, images and histograms by the step, without TensorFlow.
//
//	w, err := tensorboard.Open("runs/vae/events.out.tfevents.latent", tensorboard.Config{})
//	err = w.Scalars(step, map[string]float64{"train/bound": bound})
//	err = w.Close()
//
// TensorBoard looks in all folders below its -logdir for files with tfevents in
// their names: a folder is a run.
//
//   - record.go: the framing of TFRecord, with its masked CRC-32C;
//   - wire.go: as much of the protocol buffers' encoding as there is need of;
//   - event.go: the messages Event, Summary and HistogramProto;
//   - histogram.go, picture.go: what the numbers and pictures are turned into;
//   - writer.go, read.go: the files.
//
// A file is only ever appended to. What a process that was killed has left
// incomplete at its end is cut off when the file is opened again; Rewind takes back
// what was written of later steps than the one that training goes on from. A
// program that reads the file at the same time may have seen them.
//
// See the example Open in example_test.go.
package tensorboard

package tensorboard

import (
	"math"
	"time"
	"unicode/utf8"

	"github.com/pkg/errors"

	"github.com/latentgo/latent/internal/protobuf"
)

// Event is a record of a file: values of one step.
type Event struct {
	Time    time.Time
	Step    int64
	Version string // of the file, in its first record
	Values  []Value
}

// Value is a number, a picture or a histogram. The Picture and the Histogram of a
// number are nil.
type Value struct {
	Tag       string
	Scalar    float32 // as the format has it
	Picture   *Picture
	Histogram *Histogram
}

// Picture is an image.
type Picture struct {
	Height, Width int
	Channels      int    // 1 grey, 3 red, green and blue, 4 with alpha
	Encoded       []byte // as PNG, or another format that browsers show
}

// Histogram is the counts of numbers between limits: Counts[i] of those above
// Limits[i−1], or −∞, up to Limits[i].
type Histogram struct {
	Min, Max        float64
	Count           float64
	Sum, SumSquares float64
	Limits, Counts  []float64
}

// The numbers of the fields, from tensorflow/core/util/event.proto and
// tensorflow/core/framework/summary.proto, histogram.proto.
const (
	eventTime, eventStep, eventVersion, eventSummary                         = 1, 2, 3, 5
	summaryValue                                                             = 1
	valueTag, valueScalar, valueImage, valueHistogram                        = 1, 2, 4, 5
	imageHeight, imageWidth, imageSpace, imageEncoded                        = 1, 2, 3, 4
	histMin, histMax, histNum, histSum, histSquares, histLimits, histBuckets = 1, 2, 3, 4, 5, 6, 7
)

// append appends the message to b.
func (e Event) append(b []byte) []byte {
	m := protobuf.Message(b)
	m.Double(eventTime, seconds(e.Time))
	if e.Step != 0 {
		m.Int(eventStep, e.Step)
	}
	if e.Version != "" {
		m.Text(eventVersion, e.Version)
	}
	if len(e.Values) > 0 {
		var summary protobuf.Message
		for _, v := range e.Values {
			summary.Bytes(summaryValue, v.message())
		}
		m.Bytes(eventSummary, summary)
	}
	return m
}

func (v Value) message() protobuf.Message {
	var m, part protobuf.Message
	m.Text(valueTag, v.Tag)
	switch p, h := v.Picture, v.Histogram; {
	case p != nil:
		part.Int(imageHeight, int64(p.Height))
		part.Int(imageWidth, int64(p.Width))
		part.Int(imageSpace, int64(p.Channels))
		part.Bytes(imageEncoded, p.Encoded)
		m.Bytes(valueImage, part)
	case h != nil:
		part.Double(histMin, h.Min)
		part.Double(histMax, h.Max)
		part.Double(histNum, h.Count)
		part.Double(histSum, h.Sum)
		part.Double(histSquares, h.SumSquares)
		part.Doubles(histLimits, h.Limits)
		part.Doubles(histBuckets, h.Counts)
		m.Bytes(valueHistogram, part)
	default:
		m.Float(valueScalar, v.Scalar)
	}
	return m
}

// decode reads the message. Fields that it does not know, such as a graph or a
// value of another kind, are passed over.
func decode(b []byte) (e Event, err error) {
	err = protobuf.Message(b).Fields(func(field int, v protobuf.Value) (err error) {
		switch field {
		case eventTime:
			if err = v.Is(protobuf.I64); err == nil {
				e.Time, err = wall(v.Double())
			}
		case eventStep:
			e.Step, err = int64(v.Bits), v.Is(protobuf.Varint)
		case eventVersion:
			e.Version, err = string(v.Data), v.Is(protobuf.Len)
		case eventSummary:
			if err = v.Is(protobuf.Len); err == nil {
				err = protobuf.Message(v.Data).Fields(e.summary)
			}
		}
		return errors.WithMessagef(err, "event, field %d", field)
	})
	return e, err
}

// seconds are those since 1970.
func seconds(t time.Time) float64 { return float64(t.Unix()) + float64(t.Nanosecond())/1e9 }

// wall is the time of some seconds since 1970.
func wall(s float64) (time.Time, error) {
	if !(math.Abs(s) < 1<<40) {
		return time.Time{}, errors.Errorf("a time of %v seconds", s)
	}
	whole, part := math.Modf(s)
	return time.Unix(int64(whole), int64(math.Round(part*1e9))), nil
}

func (e *Event) summary(field int, v protobuf.Value) error {
	if field != summaryValue {
		return nil
	}
	if err := v.Is(protobuf.Len); err != nil {
		return err
	}
	var x Value
	known := false
	err := protobuf.Message(v.Data).Fields(func(field int, v protobuf.Value) (err error) {
		switch field {
		case valueTag:
			x.Tag, err = string(v.Data), v.Is(protobuf.Len)
		case valueScalar:
			x.Scalar, err, known = math.Float32frombits(uint32(v.Bits)), v.Is(protobuf.I32), true
		case valueImage:
			x.Picture, known = &Picture{}, true
			if err = v.Is(protobuf.Len); err == nil {
				err = protobuf.Message(v.Data).Fields(x.Picture.field)
			}
		case valueHistogram:
			x.Histogram, known = &Histogram{}, true
			if err = v.Is(protobuf.Len); err == nil {
				err = protobuf.Message(v.Data).Fields(x.Histogram.field)
			}
		}
		return errors.WithMessagef(err, "value %.200q, field %d", x.Tag, field)
	})
	if err == nil && !utf8.ValidString(x.Tag) {
		err = errors.Errorf("the tag %.200q is not UTF-8", x.Tag)
	}
	if known && err == nil {
		e.Values = append(e.Values, x)
	}
	return err
}

func (p *Picture) field(field int, v protobuf.Value) error {
	switch field {
	case imageHeight:
		p.Height = int(int32(v.Bits))
	case imageWidth:
		p.Width = int(int32(v.Bits))
	case imageSpace:
		p.Channels = int(int32(v.Bits))
	case imageEncoded:
		p.Encoded = v.Data
		return v.Is(protobuf.Len)
	default:
		return nil
	}
	return v.Is(protobuf.Varint)
}

func (h *Histogram) field(field int, v protobuf.Value) (err error) {
	switch field {
	case histMin:
		h.Min = v.Double()
	case histMax:
		h.Max = v.Double()
	case histNum:
		h.Count = v.Double()
	case histSum:
		h.Sum = v.Double()
	case histSquares:
		h.SumSquares = v.Double()
	case histLimits:
		h.Limits, err = v.Doubles(h.Limits)
		return err
	case histBuckets:
		h.Counts, err = v.Doubles(h.Counts)
		return err
	default:
		return nil
	}
	return v.Is(protobuf.I64)
}

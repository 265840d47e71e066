package tensorboard

import (
	"math"
	"time"
	"unicode/utf8"

	"github.com/pkg/errors"
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
	b = appendDouble(b, eventTime, seconds(e.Time))
	if e.Step != 0 {
		b = appendInt(b, eventStep, e.Step)
	}
	if e.Version != "" {
		b = appendBytes(b, eventVersion, e.Version)
	}
	if len(e.Values) > 0 {
		var summary []byte
		for _, v := range e.Values {
			summary = appendBytes(summary, summaryValue, v.message())
		}
		b = appendBytes(b, eventSummary, summary)
	}
	return b
}

func (v Value) message() []byte {
	b := appendBytes(nil, valueTag, v.Tag)
	switch p, h := v.Picture, v.Histogram; {
	case p != nil:
		m := appendInt(nil, imageHeight, int64(p.Height))
		m = appendInt(m, imageWidth, int64(p.Width))
		m = appendInt(m, imageSpace, int64(p.Channels))
		return appendBytes(b, valueImage, appendBytes(m, imageEncoded, p.Encoded))
	case h != nil:
		m := appendDouble(nil, histMin, h.Min)
		m = appendDouble(m, histMax, h.Max)
		m = appendDouble(m, histNum, h.Count)
		m = appendDouble(m, histSum, h.Sum)
		m = appendDouble(m, histSquares, h.SumSquares)
		return appendBytes(b, valueHistogram, appendDoubles(appendDoubles(m, histLimits, h.Limits), histBuckets, h.Counts))
	}
	return appendFloat(b, valueScalar, v.Scalar)
}

// decode reads the message. Fields that it does not know, such as a graph or a
// value of another kind, are passed over.
func decode(b []byte) (e Event, err error) {
	err = fields(b, func(field int, v value) (err error) {
		switch field {
		case eventTime:
			if err = v.is(fixed64); err == nil {
				e.Time, err = wall(v.double())
			}
		case eventStep:
			e.Step, err = int64(v.bits), v.is(varint)
		case eventVersion:
			e.Version, err = string(v.data), v.is(chunk)
		case eventSummary:
			if err = v.is(chunk); err == nil {
				err = fields(v.data, e.summary)
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

func (e *Event) summary(field int, v value) error {
	if field != summaryValue {
		return nil
	}
	if err := v.is(chunk); err != nil {
		return err
	}
	var x Value
	known := false
	err := fields(v.data, func(field int, v value) (err error) {
		switch field {
		case valueTag:
			x.Tag, err = string(v.data), v.is(chunk)
		case valueScalar:
			x.Scalar, err, known = math.Float32frombits(uint32(v.bits)), v.is(fixed32), true
		case valueImage:
			x.Picture, known = &Picture{}, true
			if err = v.is(chunk); err == nil {
				err = fields(v.data, x.Picture.field)
			}
		case valueHistogram:
			x.Histogram, known = &Histogram{}, true
			if err = v.is(chunk); err == nil {
				err = fields(v.data, x.Histogram.field)
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

func (p *Picture) field(field int, v value) error {
	switch field {
	case imageHeight:
		p.Height = int(int32(v.bits))
	case imageWidth:
		p.Width = int(int32(v.bits))
	case imageSpace:
		p.Channels = int(int32(v.bits))
	case imageEncoded:
		p.Encoded = v.data
		return v.is(chunk)
	default:
		return nil
	}
	return v.is(varint)
}

func (h *Histogram) field(field int, v value) (err error) {
	switch field {
	case histMin:
		h.Min = v.double()
	case histMax:
		h.Max = v.double()
	case histNum:
		h.Count = v.double()
	case histSum:
		h.Sum = v.double()
	case histSquares:
		h.SumSquares = v.double()
	case histLimits:
		h.Limits, err = v.doubles(h.Limits)
		return err
	case histBuckets:
		h.Counts, err = v.doubles(h.Counts)
		return err
	default:
		return nil
	}
	return v.is(fixed64)
}

package kernel

// Keyed returns the sub-stream of a key of 64 random bits, for samplers whose
// randomness is handed to them. Different keys give independent sequences.
func Keyed(key uint64) Substream {
	return Substream{key: key, hi: [2]uint32{substreamKey & 0xFFFFFFFF, substreamKey >> 32}}
}

package sizing

import (
	"bytes"
	"fmt"
	"math"
)

// The chart, in pixels; both axes are logarithmic.
const (
	chartLeft, chartTop     = 80, 20
	chartWidth, chartHeight = 560, 300
	decadesX, decadesY      = 4, 6 // 1 to 10,000 workers, 100 to 100 million users an hour
	firstY                  = 2
)

// Chart draws how many users an hour fleets of 1 to 10,000 workers serve, as SVG: connected directly and by a pooler.
func Chart(c Costs) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">
<rect width="100%%" height="100%%" fill="#fff"/>
`, chartLeft+chartWidth+20, chartTop+chartHeight+50)
	for i := range decadesX + 1 {
		x := chartLeft + i*chartWidth/decadesX
		fmt.Fprintf(&b, `<line x1="%d" y1="%d" x2="%d" y2="%d" stroke="#ddd"/><text x="%d" y="%d" text-anchor="middle">%.0f</text>`+"\n",
			x, chartTop, x, chartTop+chartHeight, x, chartTop+chartHeight+18, math.Pow10(i))
	}
	for i := range decadesY + 1 {
		y := chartTop + chartHeight - i*chartHeight/decadesY
		fmt.Fprintf(&b, `<line x1="%d" y1="%d" x2="%d" y2="%d" stroke="#ddd"/><text x="%d" y="%d" text-anchor="end">%.0f</text>`+"\n",
			chartLeft, y, chartLeft+chartWidth, y, chartLeft-6, y+4, math.Pow10(i+firstY))
	}
	fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="middle">workers</text><text x="%d" y="14">users an hour</text>`+"\n",
		chartLeft+chartWidth/2, chartTop+chartHeight+38, chartLeft)
	pooled := aFleet
	pooled.Pooler = true
	for i, line := range []struct {
		name, colour string
		fleet        Fleet
	}{{"by a pooler", "#2a7d4f", pooled}, {"connected directly", "#b3401f", aFleet}} {
		b.WriteString(`<polyline fill="none" stroke-width="2" stroke="` + line.colour + `" points="`)
		for step := range 10*decadesX + 1 {
			workers := int(math.Round(math.Pow(10, float64(step)/10)))
			rate, _ := line.fleet.Rate(c, workers)
			y := min(max(math.Log10(3600*rate)-firstY, 0), decadesY)
			fmt.Fprintf(&b, "%d,%.1f ", chartLeft+step*chartWidth/(10*decadesX), chartTop+chartHeight-y*chartHeight/decadesY)
		}
		fmt.Fprintf(&b, `"/><text x="%d" y="%d" fill="%s">%s</text>`+"\n", chartLeft+14, chartTop+22+18*i, line.colour, line.name)
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

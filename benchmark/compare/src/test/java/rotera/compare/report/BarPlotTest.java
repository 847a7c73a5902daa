package rotera.compare.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;
import rotera.compare.contender.Contenders;
import rotera.compare.work.Figure;

class BarPlotTest {

    private static String plot(double ours, double theirs) {
        return new BarPlot(
                        "Ingest <fast>",
                        Figure.INGEST,
                        List.of(
                                new BarPlot.Bar(Contenders.ROTERA, Spread.of(ours), "fsync & ack"),
                                new BarPlot.Bar(Contenders.FILE, Spread.of(theirs), "page cache")))
                .svg();
    }

    @Test
    void aPlotIsWellFormedAndHasABarForEach() throws Exception {
        Document document =
                DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(new InputSource(new StringReader(plot(4_000_000, 5_000_000))));
        assertThat(document.getElementsByTagName("rect").getLength()).isEqualTo(2);
        assertThat(document.getDocumentElement().getTextContent())
                .contains("Ingest <fast>", "fsync & ack", "4.00 M/s");
    }

    @Test
    void valuesThatLieFarApartGetALogarithmicAxisThatIsNamed() {
        assertThat(plot(5_000_000, 3_000)).contains("logarithmic");
        assertThat(plot(5_000_000, 300_000)).doesNotContain("logarithmic");
    }

    @Test
    void theLongestBarBelongsToTheLargestValue() {
        assertThat(plot(5_000_000, 2_500_000)).contains("width=\"390.0\"", "width=\"195.0\"");
    }
}

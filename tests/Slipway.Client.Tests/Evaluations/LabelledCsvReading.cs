using System.Collections.Immutable;
using System.Text;
using Slipway.Cli.Evaluations;
using Slipway.Core.Evaluations;
using Slipway.Tests;

namespace Slipway.Client.Tests.Evaluations;

public sealed class LabelledCsvReading : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Texts_and_labels_are_found_by_the_names_in_the_header() =>
        Assert.Equal([("Where is my card?", "card_arrival"), ("", "none")], Parse("id,category,text\n1,card_arrival,Where is my card?\n2,none,\n"));

    [Fact]
    public void Quotes_line_feeds_separators_and_a_byte_order_mark_are_understood() =>
        Assert.Equal([("a \"b\",\n\nc;", "x"), (" d ", "y")], Parse("\uFEFF\"text\",category\r\n\"a \"\"b\"\",\r\n\r\nc;\",x\r\n d ,y"));

    [Theory]
    [InlineData("text;category\na, b;x\n")]
    [InlineData("text\tcategory\na, b\tx\n")]
    [InlineData("sep=;\ntext;category\na, b;x\n")]
    public void The_header_says_what_separates_columns(string csv) => Assert.Equal([("a, b", "x")], Parse(csv));

    [Fact]
    public void Rows_that_hold_nothing_are_left_out_and_not_counted()
    {
        Assert.Equal([("a", "x"), ("b", "y")], Parse("text,category\n\na,x\n,\n\"\", \nb,y\n,\n"));
        Assert.Equal("6:3", Places(Refuse("text,category\na,x\n,\n\nb,y\nc,d,e\n")));
    }

    [Theory]
    [InlineData("", "", "The file is empty.")]
    [InlineData(" \n", "", "The file is empty.")]
    [InlineData("text,category\n", "", "The file has a header and no rows.")]
    [InlineData("text,label\na,x\n", "", "There is no column \"category\"; the columns are \"text\", \"label\".")]
    [InlineData("text,Category\na,x\n", "", "There is no column \"category\"; the columns are \"text\", \"Category\".")]
    [InlineData("text,category,text\na,x,b\n", "", "The column \"text\" stands 2 times in the header")]
    [InlineData("text,category\na,x\nb\n", "3:2", "The row has 1 field, the header has 2 fields")]
    [InlineData("text,category\na,x,y\n", "2:1", "The row has 3 fields, the header has 2 fields")]
    [InlineData("text,category\na,x\n\"b\nc\",y\n\"d,x\n\ne,x\n", "5:3", "A quotation mark that begins a field in this row is never closed.")]
    [InlineData("text,category\na \"b\",x\n", "2:1", "A quotation mark stands in a field that does not begin with one")]
    [InlineData("text,category\n\"a\" b,x\n", "2:1", "Something follows the quotation mark that closes a field")]
    [InlineData("text,\"category\na,x\n", "1:0", "A quotation mark that begins a field in this row is never closed.")]
    public void What_is_wrong_is_refused_with_its_line_and_row(string csv, string places, string message)
    {
        var problem = Refuse(csv)[0];
        Assert.Contains(message, problem.Message);
        Assert.Equal(places, Places([problem]).Trim(':'));
    }

    [Fact]
    public void All_problems_come_at_once_one_a_row()
    {
        var problems = Refuse("text,category\n\"a\"b,c,d\ne\nf,g\nh\"i,j\n");
        Assert.Equal("2:1 3:2 5:4", Places(problems));
        Assert.Equal($"{folder.PathOf("rows.csv")}:3: row 2: The row has 1 field, the header has 2 fields; a field that holds a separator needs quotation marks.", problems[1].ToString());
    }

    [Fact]
    public void A_file_that_is_not_there_or_not_UTF_8_is_refused()
    {
        Assert.Equal("nowhere.csv: There is no such file.", Assert.Single(Refused(LabelledCsv.Read("nowhere.csv", "text", "category"))).ToString());
        var path = folder.Write("latin.csv", [.. Encoding.UTF8.GetBytes("text,category\nf"), 0xFC, (byte)'r']);
        Assert.Equal($"{path}:2: From here on the file is not UTF-8 text; save it as UTF-8.", Assert.Single(Refused(LabelledCsv.Read(path, "text", "category"))).ToString());
    }

    [Fact]
    public void Text_and_label_are_two_columns() =>
        Assert.Contains("same column", Assert.Single(Refused(LabelledCsv.Read(folder.Write("rows.csv", "text,category\na,x\n"), "text", "text"))).Message);

    [Fact]
    public void A_published_data_set_becomes_a_golden_set()
    {
        var rows = Assert.IsType<LabelledCsvResult.Parsed>(LabelledCsv.Read(SharedMaterial.Path("data/banking77/test.csv"), "text", "category")).Rows;
        Assert.Equal(("When will I get my card?", "card_arrival"), rows[0]);
        Assert.All(rows, row => Assert.Matches("^[A-Za-z_?]+$", row.Label));
        Assert.True(GoldenSetId.TryParse("banking77:v1", out var id));
        var golden = Assert.IsType<GoldenSetResult.Parsed>(GoldenSet.FromLabelled(id, "intent", rows, null));
        Assert.Equal(rows.Length, golden.Set.Cases.Length);
    }

    private ImmutableArray<(string, string)> Parse(string csv) =>
        Assert.IsType<LabelledCsvResult.Parsed>(LabelledCsv.Read(folder.Write("rows.csv", csv), "text", "category")).Rows;

    private ImmutableArray<CsvProblem> Refuse(string csv) => Refused(LabelledCsv.Read(folder.Write("rows.csv", csv), "text", "category"));

    private static ImmutableArray<CsvProblem> Refused(LabelledCsvResult result) => Assert.IsType<LabelledCsvResult.Refused>(result).Problems;

    private static string Places(IEnumerable<CsvProblem> problems) => string.Join(' ', problems.Select(problem => $"{problem.Line}:{problem.Row}"));
}

using System.Collections.Immutable;
using Slipway.Cli.Demo;
using Slipway.Tests;

namespace Slipway.Client.Tests.Demo;

public sealed class TicketsReading : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("id,text\n1,Hello\n")]
    [InlineData("message,text\nno,Hello\n")]
    [InlineData("id,Message\n1,Hello\n")]
    [InlineData("id, body ,category\n1,Hello,billing\n")]
    [InlineData("id;content\n1;Hello\n")]
    [InlineData("id,ticket,intent\n1,Hello,billing\n")]
    [InlineData("question,id\nHello,1\n")]
    [InlineData("label\nHello\n")]
    public void The_column_of_messages_is_known_by_its_name_else_it_is_the_first(string csv) =>
        Assert.Equal(["Hello"], Parse(csv));

    [Fact]
    public void Blank_messages_are_left_out() => Assert.Equal(["a", "b"], Parse("id,text\n1,a\n2,\n3,\" \"\n4,b\n"));

    [Theory]
    [InlineData("", "The file is empty.")]
    [InlineData("Hello\n", "There is no message here: the first row is taken for the header")]
    [InlineData("id,text\n1,\n2, \n", "There is no message here")]
    [InlineData("id,text\n1,a,b\n", ":2: row 1: The row has 3 fields, the header has 2 fields")]
    public void A_file_without_messages_is_refused(string csv, string message) =>
        Assert.Contains(message, Assert.Single(Assert.IsType<TicketsResult.Refused>(Tickets.Read(folder.Write("tickets.csv", csv))).Problems));

    [Fact]
    public void A_file_that_is_not_there_is_refused() =>
        Assert.Equal("nowhere.csv: There is no such file.", Assert.Single(Assert.IsType<TicketsResult.Refused>(Tickets.Read("nowhere.csv")).Problems));

    [Theory]
    [InlineData("tickets.jsonl", "\"Hello\"\n")]
    [InlineData("tickets.jsonl", "{\"text\": \"Hello\"}\n\n")]
    [InlineData("tickets.ndjson", "{\"id\": 1, \"message\": \"Hello\", \"label\": \"x\"}\r\n")]
    [InlineData("tickets.JSONL", "{\"message\": \"no\", \"text\": \"Hello\"}\n{\"body\": \" \"}")]
    public void JSON_Lines_hold_texts_or_objects_with_one(string file, string lines) =>
        Assert.Equal(["Hello"], Assert.IsType<TicketsResult.Parsed>(Tickets.Read(folder.Write(file, lines))).Messages);

    [Theory]
    [InlineData("", ": There is no message here.")]
    [InlineData("\"Hello\"\n{\"name\": \"Hello\"}\n", ":2: This is neither a text nor an object with a text called text, message")]
    [InlineData("{\"text\": 1}\n", ":1: This is neither")]
    [InlineData("[\n\"Hello\"\n", ":1: This line is no JSON")]
    public void Lines_without_a_message_are_named(string lines, string message) =>
        Assert.Contains(message, Assert.Single(Assert.IsType<TicketsResult.Refused>(Tickets.Read(folder.Write("tickets.jsonl", lines))).Problems), StringComparison.Ordinal);

    [Fact]
    public void A_published_data_set_is_a_file_of_tickets()
    {
        var tickets = Assert.IsType<TicketsResult.Parsed>(Tickets.Read(SharedMaterial.Path("data/banking77/test.csv"))).Messages;
        Assert.Equal(1_601, tickets.Length);
    }

    private ImmutableArray<string> Parse(string csv) => Assert.IsType<TicketsResult.Parsed>(Tickets.Read(folder.Write("tickets.csv", csv))).Messages;
}

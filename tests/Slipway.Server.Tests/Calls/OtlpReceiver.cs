using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Slipway.Server.Tests.Calls;

/// <summary>Takes what is exported by OTLP over HTTP in its binary form, and reads it.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Path, byte[] Body)> received = new();
    private readonly WebApplication app;

    private OtlpReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.MapPost("{**path}", async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            received.Enqueue((context.Request.Path, body.ToArray()));
            context.Response.ContentType = "application/x-protobuf";
        });
    }

    public Uri Address => new(app.Urls.First());

    /// <summary>Everything that came, as text of whatever encoding: for what must not be in it.</summary>
    public string Raw => string.Concat(received.Select(one => Encoding.UTF8.GetString(one.Body)));

    public static async Task<OtlpReceiver> StartAsync()
    {
        var receiver = new OtlpReceiver();
        await receiver.app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    /// <summary>The spans: name and attributes.</summary>
    public IEnumerable<(string Name, string Trace, Dictionary<string, object> Attributes)> Spans() =>
        from body in Bodies("/v1/traces")
        from span in Message.Of(body).All(1).SelectMany(resource => resource.All(2)).SelectMany(scope => scope.All(2))
        select (span.Text(5), Convert.ToHexStringLower(span.Bytes(1)), Attributes(span.All(9)));

    /// <summary>The points of histograms: the metric's name and unit, attributes, count and sum.</summary>
    public IEnumerable<(string Name, string Unit, Dictionary<string, object> Attributes, ulong Count, double Sum)> Points() =>
        from body in Bodies("/v1/metrics")
        from metric in Message.Of(body).All(1).SelectMany(resource => resource.All(2)).SelectMany(scope => scope.All(2))
        from point in metric.All(9).SelectMany(histogram => histogram.All(1))
        select (metric.Text(1), metric.Text(3), Attributes(point.All(9)), point.Fixed(4), BitConverter.UInt64BitsToDouble(point.Fixed(5)));

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private IEnumerable<byte[]> Bodies(string path) => received.Where(one => one.Path == path).Select(one => one.Body);

    private static Dictionary<string, object> Attributes(IEnumerable<Message> pairs) => pairs.ToDictionary(pair => pair.Text(1), pair => pair.All(2).Single().AnyValue(), StringComparer.Ordinal);

    /// <summary>A message of protocol buffers: its fields by number.</summary>
    private sealed record Message(ILookup<int, object> Fields)
    {
        public static Message Of(byte[] bytes)
        {
            var (fields, at) = (new List<(int Number, object Value)>(), 0);
            while (at < bytes.Length)
            {
                var tag = Varint();
                object value = (tag & 7) switch { 0 => Varint(), 1 => Take(8), 2 => Take((int)Varint()), 5 => Take(4), _ => throw new InvalidDataException("No such wire type.") };
                fields.Add(((int)(tag >> 3), value));
            }
            return new Message(fields.ToLookup(field => field.Number, field => field.Value));

            ulong Varint()
            {
                ulong value = 0;
                for (var shift = 0; ; shift += 7)
                {
                    value |= (ulong)(bytes[at] & 0x7F) << shift;
                    if (bytes[at++] < 0x80) return value;
                }
            }

            byte[] Take(int count) => bytes[at..(at += count)];
        }

        public IEnumerable<Message> All(int number) => Fields[number].Cast<byte[]>().Select(Of);

        public byte[] Bytes(int number) => (byte[])Fields[number].First();

        public string Text(int number) => Encoding.UTF8.GetString(Bytes(number));

        public ulong Fixed(int number) => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(number));

        public object AnyValue() => Fields.Single() switch
        {
            { Key: 1 } => Text(1),
            { Key: 2 } field => (ulong)field.Single() != 0,
            { Key: 3 } field => (long)(ulong)field.Single(),
            { Key: 4 } => BitConverter.UInt64BitsToDouble(Fixed(4)),
            { Key: 5 } => string.Join(' ', All(5).Single().All(1).Select(one => one.AnyValue())),
            var other => throw new InvalidDataException($"Field {other.Key} is not read here."),
        };
    }
}

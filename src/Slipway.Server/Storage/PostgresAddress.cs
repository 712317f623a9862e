using Npgsql;

namespace Slipway.Server.Storage;

/// <summary>Where a PostgreSQL database is, as people write it.</summary>
internal static class PostgresAddress
{
    private const string Form = "Write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE or Host=…;Port=…;Database=…;Username=…;Password=…";

    /// <summary>Reads a <c>postgres://</c> address or a connection string.</summary>
    /// <exception cref="StorageException">It is neither. What was written may hold a password, so the message repeats none of it.</exception>
    public static NpgsqlConnectionStringBuilder Read(string text)
    {
        try
        {
            var builder = text.StartsWith("postgres://", StringComparison.Ordinal) || text.StartsWith("postgresql://", StringComparison.Ordinal)
                ? FromUri(new Uri(text))
                : new NpgsqlConnectionStringBuilder(text);
            if (string.IsNullOrEmpty(builder.Host)) throw new FormatException("There is no host.");
            // A command waits for nobody longer than this before it says that the database is away.
            if (!builder.ShouldSerialize("Timeout")) builder.Timeout = 5;
            // Looking for Kerberos first may ask name servers for every connection; who has it says so.
            if (!builder.ShouldSerialize("GSS Encryption Mode")) builder.GssEncryptionMode = GssEncryptionMode.Disable;
            builder.ApplicationName ??= "slipway";
            return builder;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or NotSupportedException or InvalidCastException or KeyNotFoundException)
        {
            throw new StorageException($"The PostgreSQL address is not understood. {Form}");
        }
    }

    private static NpgsqlConnectionStringBuilder FromUri(Uri uri)
    {
        var user = uri.UserInfo.Split(':', 2);
        var builder = new NpgsqlConnectionStringBuilder { Host = uri.Host.Trim('[', ']') };
        if (uri.Port > 0) builder.Port = uri.Port;
        if (uri.AbsolutePath.Length > 1) builder.Database = Uri.UnescapeDataString(uri.AbsolutePath[1..]);
        if (user[0].Length > 0) builder.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length > 1) builder.Password = Uri.UnescapeDataString(user[1]);
        foreach (var option in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = option.Split('=', 2);
            if (pair.Length != 2) throw new FormatException("An option has no value.");
            var (name, value) = (Name(pair[0]), Uri.UnescapeDataString(pair[1]));
            builder[name] = name == "SSL Mode" ? Mode(value) : value;
        }
        return builder;
    }

    // The names libpq has for what Npgsql calls otherwise.
    private static string Name(string option) => option switch
    {
        "sslmode" => "SSL Mode",
        "sslrootcert" => "Root Certificate",
        "sslcert" => "SSL Certificate",
        "sslkey" => "SSL Key",
        "sslpassword" => "SSL Password",
        "sslnegotiation" => "SSL Negotiation",
        "channel_binding" => "Channel Binding",
        "gssencmode" => "GSS Encryption Mode",
        "connect_timeout" => "Timeout",
        "application_name" => "Application Name",
        "search_path" => "Search Path",
        var other => Uri.UnescapeDataString(other),
    };

    // Those that Npgsql writes in one word; all others are the same in both.
    private static string Mode(string value) => value switch
    {
        "verify-ca" => nameof(SslMode.VerifyCA),
        "verify-full" => nameof(SslMode.VerifyFull),
        var other => other,
    };
}

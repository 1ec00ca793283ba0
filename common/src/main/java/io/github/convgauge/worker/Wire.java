package io.github.convgauge.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** One end of the connection between the client and a worker: JSON lines over a Unix domain socket. */
final class Wire implements Closeable {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private final SocketChannel channel;
    private final BufferedReader in;
    private final OutputStream out;

    Wire(SocketChannel channel) {
        this.channel = channel;
        this.in = new BufferedReader(new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
        this.out = Channels.newOutputStream(channel);
    }

    static Wire connect(Path socket) throws IOException {
        return new Wire(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
    }

    void send(Object message) throws IOException {
        byte[] line = JSON.writeValueAsBytes(message);
        byte[] terminated = Arrays.copyOf(line, line.length + 1);
        terminated[line.length] = '\n';
        out.write(terminated);
        out.flush();
    }

    /** The next line, or null at the end of the connection. */
    String receive() throws IOException {
        return in.readLine();
    }

    static <T> T decode(String line, Class<T> type) throws JsonProcessingException {
        return JSON.readValue(line, type);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
